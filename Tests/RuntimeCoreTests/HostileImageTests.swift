// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

@testable import RuntimeCore

/// Images whose files, configuration and labels try to reach the host.
@Suite("An image that is not honest", .requires(.root, .overlay, .busybox)) struct HostileImageTests {
    /// A store with an image whose files are changed by a shell script, and beside it files that it tries to reach:
    /// `$canary` is their directory.
    private func store(
        _ prepare: String,
        configure: (inout ImageConfiguration.Execution) -> Void = { _ in }
    ) throws -> TestStore {
        try TestStore(configure: configure) { path in
            let script = """
                canary=${1%/*}/canary; mkdir "$canary"; cd "$canary"
                for f in hosts hostname resolv.conf mtab passwd group; do echo canary >$f; chmod 644 $f; done; cd "$1"
                """
            let result = try Command.run(["sh", "-euc", "\(script)\n\(prepare)", "sh", path.string])
            #expect(result.status == 0, "\(result.errors)")
        }
    }

    private func isUntouched(_ test: TestStore) throws -> Bool {
        let root = try RootDirectory(at: test.directory.path.appending("canary"))
        let entries = try root.entries()
        for entry in entries {
            let path = FilePath(String(decoding: entry.name, as: UTF8.self))
            if try root.status(path).permissions != 0o644 { return false }
            if try root.readFile(path) != Array("canary\n".utf8) { return false }
        }
        return entries.count == 6
    }

    @Test(
        "has the engine's files of /etc written inside, wherever its links lead",
        .rows("CVE-2024-9341", "CVE-2025-24965", "R-05"),
        arguments: [
            "cd etc; for f in hosts hostname resolv.conf mtab; do ln -sf $canary/$f $f; done",
            "cd etc; for f in hosts hostname resolv.conf mtab; do ln -sf ../../../../../../../..$canary/$f $f; done",
            "cd etc; for f in hosts hostname resolv.conf mtab; do mkdir -p $f; done",
            "cd etc; for f in hosts hostname resolv.conf mtab; do mkfifo $f; done", "rm -r etc; ln -s $canary etc",
            "rm -r etc; : >etc",
        ]
    )
    func engineFiles(_ prepare: String) async throws {
        let test = try store(prepare)
        _ = try? await Container.run("test", ["/bin/true"], in: test.store) { $0.network = .host }
        #expect(try isUntouched(test))
        #expect(try test.leftovers() == [])
    }

    @Test(
        "has users only in regular files of a sensible size",
        .rows("CVE-2026-47262"),
        arguments: [
            "rm etc/passwd; mkfifo etc/passwd", "rm etc/passwd; mknod etc/passwd c 1 5",
            "ln -sf ../../../../../../../../../$canary/passwd etc/passwd", "ln -sf /proc/self/environ etc/passwd",
            "rm etc/passwd; truncate -s 6M etc/passwd", "rm etc/passwd; mkdir etc/passwd", "ln -sf passwd etc/passwd",
            "rm etc/group; mkfifo etc/group",
        ]
    )
    func userFiles(_ prepare: String) async throws {
        let test = try store(prepare)
        for user in ["canary", "0"] {
            do {
                // Not id(1), which reads the files itself, and would wait at the pipe for ever.
                let script = "while read key ids; do [ $key = Uid: ] && echo $ids; done </proc/self/status"
                let result = try await Container.run("test", ["/bin/sh", "-c", script], in: test.store) {
                    $0.user = user
                    $0.timeout = .seconds(60)
                }
                #expect(user == "0" && result.output == "0 0 0 0\n")
            } catch let error as ContainerStoreError {
                #expect(!error.description.contains("\n"))
            }
        }
        #expect(try isUntouched(test))
        #expect(try test.leftovers() == [])
    }

    @Test("gets no line into /etc/passwd by a variable", .rows("CVE-2022-4318", "CVE-2026-23953"))
    func home() async throws {
        let test = try store(":")
        let evil = "/x\nevil:x:0:0::/:/bin/sh"
        let result = try await Container.run(
            "test",
            ["/bin/sh", "-c", "/bin/cat /etc/passwd; echo \"$HOME\""],
            in: test.store
        ) {
            $0.environment = ["HOME=\(evil)"]
            $0.user = "4242"
        }
        #expect(result.output.hasSuffix("\n\(evil)\n"))
        #expect(!result.output.dropLast(evil.utf8.count + 1).contains("evil"))
        await #expect(throws: ContainerStoreError.self) {
            try await Container.run("test", ["/bin/true"], in: test.store) { $0.environment = ["A=b\0c"] }
        }
    }

    @Test("controls nothing by its labels", .rows("CVE-2026-53488", "CVE-2014-6408", "CVE-2023-6476"))
    func labels() throws {
        let labels = [
            "org.systemd.property.ExecStartPre": "'/bin/sh'", "run.oci.handler": "krun",
            "io.kubernetes.cri.container-type": "x",
            "org.opencontainers.image.stopSignal": "SIGKILL", "org.criu.config": "/etc/shadow", "skiff.owner": "nobody",
        ]
        let builder = ConfigurationBuilder(
            image: ImageConfiguration.Execution(cmd: ["sh"], labels: labels),
            options: ContainerOptions(),
            command: [],
            id: String(repeating: "ab", count: 32),
            directory: "/store/containers/x",
            countsSwap: true
        )
        let root = try UserIdentity("", groups: [], in: UserDatabase(passwd: [], group: []))
        #expect(try builder.configuration(for: root).annotations == nil)
        #expect(builder.stopSignal == nil)
    }

    @Test(
        "has a configuration that is refused, or does what it says inside",
        .rows("J-11"),
        arguments: ["variables", "line break", "volume", "directory", "user", "program", "signal"]
    )
    func configuration(_ fault: String) async throws {
        let test = try store(":") { execution in
            switch fault {
            case "variables": execution.env = ["=x", "novalue", "A=1", "A=2"]
            case "line break": execution.env = ["PEM=-----BEGIN\nx\n-----END"]
            case "volume": execution.volumes = ["/../..", "/proc/self"]
            case "directory": execution.workingDir = "/proc/self/fd/8"
            case "user": execution.user = "4294967296"
            case "program": execution.entrypoint = [""]
            default: execution.stopSignal = "SIGNOTHING"
            }
        }
        do {
            let result = try await Container.run("test", ["/bin/env"], in: test.store)
            #expect(["variables", "line break", "volume", "signal"].contains(fault), "\(result)")
            if fault == "line break" { #expect(result.output.contains("PEM=-----BEGIN\nx\n-----END\n")) }
            #expect(!result.output.contains("novalue"))
        } catch let error as ContainerStoreError {
            #expect(["directory", "user", "program", "variables", "volume", "signal"].contains(fault), "\(error)")
            #expect(!error.description.contains("\n"))
        }
        #expect(try isUntouched(test))
        #expect(try test.leftovers() == [])
    }

    @Test("cannot read what tells of the machine", .rows("GHSA-7ww5"))
    func masks() async throws {
        let test = try store(":")
        let paths = [
            "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
            "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/firmware",
            "/sys/devices/virtual/powercap", "/sys/devices/system/cpu/cpu0/thermal_throttle",
        ]
        let script =
            "for p in \(paths.joined(separator: " ")); do [ -d $p ] && /bin/ls -A $p || /bin/head -c 1 $p; done 2>/dev/null"
        let result = try await Container.run("test", ["/bin/sh", "-c", script], in: test.store)
        #expect(result.output == "")
    }
}
