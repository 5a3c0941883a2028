// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import Testing

@Suite(
    "The programs of one page",
    .requires(.root, .overlay, .programs, .busybox, .tar),
    .endsIfStuck
)
struct ExampleTests {
    /// Runs a script with the programs on its path.
    private func shell(_ script: String, in directory: String) throws -> Command.Result {
        let programs = Program.codeGrader.path.split(separator: "/").dropLast().reduce(into: "") { $0 += "/\($1)" }
        return try Command.run(
            ["env", "P=\(programs)", "S=\(Program.skiff.path)", "sh", "-euc", script],
            directory: directory
        )
    }

    @Test("grade programs by what they print, and say which limit the others met") func grading() throws {
        let store = try SkiffStore()
        let result = try shell(
            """
            mkdir tests; n=0
            test() { n=$((n + 1)); echo "$1" > tests/$n.in; echo "$2" > tests/$n.out; }
            test '2 3' 5; test '2 2' 5; test fail 5; test loop 5; test eat 5; test flood 5; test fork 5; test id '65534 no'
            cat > submission <<'X'
            #!/bin/busybox sh
            read -r a b
            case $a in
                fail) exit 3;; loop) while :; do :; done;; eat) exec /bin/busybox tail /dev/zero;;
                flood) exec /bin/busybox yes;; fork) sleep 1 & sleep 1 & wait; echo 5;;
                id) echo "$(/bin/busybox id -u) $(test -w /tmp && echo yes || echo no)";;
                *) echo $((a + b));;
            esac
            X
            chmod 755 submission; $P/code-grader store bb "$PWD/submission" tests
            """,
            in: store.path
        )
        let verdicts = result.output.split(separator: "\n").map {
            $0.split(separator: ",").prefix(2).joined(separator: ",")
        }
        #expect(
            verdicts == [
                "1: accepted, exited with status 0", "2: wrongAnswer, exited with status 0",
                "3: runtimeError, exited with status 3", "4: timeLimit, killed: processor time used up",
                "5: memoryLimit, killed: out of memory", "6: outputLimit, killed: too much output",
                "7: accepted, exited with status 0", "8: accepted, exited with status 0",
            ],
            "\(result.errors)"
        )
        try store.expectNothingLeft()
    }

    @Test("build without changing the sources, and list what the build changed") func building() throws {
        let store = try SkiffStore()
        let result = try shell(
            """
            mkdir -p sources/old output/upper output/work; echo 1 > sources/kept; echo 1 > sources/changed
            touch sources/old/file; script='echo 2 >> changed; rm -r old; mkdir new; echo x > new/file'
            $P/build-sandbox "$PWD/sources" "$PWD/output" sh -ec "$script" | sed 's/, .*//'
            cat sources/changed; ls sources sources/old
            ! $P/build-sandbox "$PWD/sources" "$PWD/output" sh -c 'exit 3' > /dev/null
            """,
            in: store.path
        )
        #expect(
            result.output
                == """
                build: exited(0)
                modified /
                modified /changed
                added /new
                added /new/file
                deleted /old
                1
                sources:
                changed
                kept
                old

                sources/old:
                file

                """,
            "\(result.errors)"
        )
        #expect(result.errors == "build-sandbox: the build failed\n")
    }

    @Test("keep services running, and end them when they end themselves") func supervising() throws {
        let store = try SkiffStore()
        let result = try shell(
            """
            $P/service-supervisor store bb sh -c 'echo one' -- bb sh -c 'echo two'
            (exec timeout -s KILL 3 $P/service-supervisor store bb sh -c 'echo again; exit 3' -- bb sleep 987) || echo $?
            """,
            in: store.path
        )
        let lines = result.output.split(separator: "\n")
        #expect(lines.prefix(4).sorted() == ["bb: exited with status 0", "bb: exited with status 0", "one", "two"])
        #expect(lines.filter { $0 == "again" }.count >= 2, "\(result.output)\(result.errors)")
        #expect(lines.last == "137")
        // The kernel ends what the dead program had started; whoever opens the store removes what is left.
        let left = try shell(
            "for i in 1 2 3 4 5 6 7 8 9; do pgrep -f '[s]leep 987' || exit 0; sleep 1; done",
            in: store.path
        )
        #expect(left.output == "")
        try store.expect(0, "ps", "-aq")
        try store.expectNothingLeft()
    }

    @Test("confine a program without an image, as bubblewrap does") func sandboxing() throws {
        let store = try SkiffStore()
        let result = try shell(
            """
            mkdir work; echo text > file; b="$P/small-bubblewrap"
            $b --bind "$PWD/work" --chdir "$PWD/work" --hostname box sh -c 'hostname; echo made > made; id -u; ls /sys/class/net'
            cat work/made
            $b --ro-bind "$PWD/file" /tmp/here sh -c 'cat /tmp/here; echo x > /tmp/here' 2>/dev/null || echo "status $?"
            $b sh -c 'grep CapEff /proc/self/status; touch /etc/x' 2>/dev/null || echo "status $?"
            $b sh -c 'exit 7' || echo "status $?"
            $b nosuch || echo "status $?"
            $b --frob || echo "status $?"
            """,
            in: store.path
        )
        #expect(
            result.output == """
                box
                0
                lo
                made
                text
                status 2
                CapEff:\t0000000000000000
                status 1
                status 7
                status 125
                status 2

                """,
            "\(result.errors)"
        )
        let errors = result.errors.split(separator: "\n")
        #expect(errors.count == 2 && errors.allSatisfy { $0.hasPrefix("small-bubblewrap: ") }, "\(result.errors)")
        #expect(errors.count == 2 && errors[0].contains("nosuch in /usr/local/sbin:"), "\(result.errors)")
    }

    @Test("confine without root, in a user namespace") func sandboxingWithoutRoot() throws {
        let store = try SkiffStore()
        let result = try shell(
            """
            chmod 755 .; install -d -o 65534 work; cp $P/small-bubblewrap here; chmod 755 here
            as="setpriv --reuid 65534 --regid 65534 --clear-groups ./here"
            $as --bind "$PWD/work" --chdir "$PWD/work" sh -c 'id -u; echo made > made; ls /sys/class/net; echo $$'
            stat -c %u work/made
            $as sh -c 'touch /etc/x || touch "$0/here" || echo refused; test -c /dev/null && test -t 0 || echo devices' "$PWD"
            $as --share-net sh -c 'ls /sys/class | head -n 1 | wc -l'
            """,
            in: store.path
        )
        #expect(
            result.output == "0\nlo\n1\n65534\nrefused\ndevices\n1\n",
            "\(result.errors)"
        )
    }

    @Test("look into a layout") func inspecting() throws {
        let store = try SkiffStore()
        let result = try shell(
            """
            $S --root store save --format oci-archive -o archive bb; mkdir layout; tar -C layout -xf archive
            $P/layout-inspector layout | cut -d ' ' -f 1; name=$($P/layout-inspector layout | cut -d ' ' -f 1)
            $P/layout-inspector layout "$name" | cut -c 1-14 | tr -d ' ' | tr '\\n' ' '; echo
            ! $P/layout-inspector layout nosuch; ! $P/layout-inspector /no/such
            """,
            in: store.path
        )
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 2 && lines[0].contains("bb"), "\(result.output)\(result.errors)")
        #expect(lines.last == "id platform created command environment layer ")
        let errors = result.errors.split(separator: "\n")
        #expect(errors.count == 2 && errors.allSatisfy { $0.hasPrefix("layout-inspector: ") }, "\(result.errors)")
        #expect(errors.first?.contains("nosuch") == true && errors.last?.contains("/no/such") == true)
    }

    @Test("have a PostgreSQL for the length of a test", .requires(.debootstrap)) func database() throws {
        let store = try SkiffStore()
        let result = try shell(
            """
            mirror=$(apt-get indextargets --format '$(SITE)' | head -n 1)
            debootstrap --variant=minbase --include=postgresql bookworm root2 "${mirror:-http://deb.debian.org/debian}" > log
            tar -C root2 -cf postgres.tar .; rm -rf root2; $S --root store import postgres.tar postgres > /dev/null
            rm postgres.tar; $P/database-test store postgres | sed 's/, .*//'
            """,
            in: store.path
        )
        #expect(result.output == "32\n\nserver: exited with status 0\n", "\(result.errors)")
        try store.expectNothingLeft()
    }

    @Test(
        "say in one line how they are used, and what is wrong",
        arguments: [
            Program.codeGrader, .buildSandbox, .serviceSupervisor, .smallBubblewrap, .layoutInspector, .databaseTest,
        ]
    )
    func usage(program: Program) throws {
        let result = try program.run([])
        #expect(result.status == 2)
        #expect(result.output == "")
        #expect(result.errors.hasPrefix("\(program.name): usage: \(program.name) "), "\(result.errors)")
        let wrong = try program.run(
            ["/proc/nosuch/a", "/proc/nosuch/b", "/proc/nosuch/c", "/proc/nosuch/d"].dropLast(
                program == .layoutInspector || program == .databaseTest ? 2 : 0
            )
        )
        #expect(wrong.status != 0 && wrong.output == "")
        #expect(
            wrong.errors.hasPrefix("\(program.name): ") && wrong.errors.split(separator: "\n").count == 1,
            "\(wrong.errors)"
        )
    }
}
