// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import SystemPackage
import TestSupport
import Testing

@Suite("What skiff-oci shows to a container", .requires(.root, .programs, .busybox)) struct OCIConfinementTests {
    /// The first process looks, again and again, at every process of its namespace, and writes down what their links say.
    private static let watcher = """
        b=/bin/busybox; echo begun >/seen
        while [ ! -e /stop ]; do
            for p in /proc/[0-9]*; do
                [ $p = /proc/1 ] || [ $p = /proc/$$ ] || $b readlink $p/exe $p/cwd $p/root $p/fd/* >>/seen 2>/dev/null
            done
        done
        """

    @Test(
        "is nothing of the host's while processes join, and no program that it could overwrite",
        .rows("CVE-2016-9962", "CVE-2016-8659", "CVE-2019-5736")
    )
    func joining() throws {
        let bundle = try OCIBundle(script: Self.watcher)
        let all = ["CAP_SYS_PTRACE", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_SYS_ADMIN"]
        bundle.configuration.process?.capabilities = .init(bounding: all, effective: all, permitted: all)
        bundle.configuration.root?.readonly = false
        try bundle.save()
        let result = try bundle.shell(
            """
            program=${oci%% *}; sum=$(sha256sum $program)
            $oci run --detach $id </dev/null >/dev/null 2>&1; until [ -e rootfs/seen ]; do sleep 0.05; done
            for i in $(seq 60); do $oci exec $id /bin/busybox true </dev/null; done
            : >rootfs/stop; [ "$sum" = "$(sha256sum $program)" ] || echo changed
            sort -u rootfs/seen | grep -vE '^(begun|/|/bin/busybox|/dev/null|/proc.*|(pipe|socket|anon_inode):.*)$'
            """
        )
        // The init is a file in memory, if it can be looked at at all.
        let strange = result.output.split(separator: "\n").filter { !$0.hasPrefix("/memfd:") }
        #expect(strange == [], "\(result.errors)")
    }

    @Test("is an init in sealed memory, with no descriptor of the host's tree", .rows("CVE-2022-0847"))
    func sealedInit() throws {
        let bundle = try OCIBundle()
        bundle.configuration.linux?.namespaces?.append(LinuxNamespace(type: .user))
        bundle.configuration.linux?.uidMappings = [LinuxIDMapping(containerID: 0, hostID: 100_000, size: 1000)]
        bundle.configuration.linux?.gidMappings = [LinuxIDMapping(containerID: 0, hostID: 100_000, size: 1000)]
        try bundle.save()
        let result = try bundle.shell(
            """
            chown -R 100000:100000 rootfs; chmod 755 . rootfs; $oci create $id </dev/null
            pid=$($oci state $id | sed -n 's/.*"pid": \\([0-9]*\\).*/\\1/p')
            readlink /proc/$pid/exe
            (echo x >>/proc/$pid/exe) 2>/dev/null && echo written
            find /proc/$pid/fd -lname "*$PWD*" -printf '%l\\n'
            """
        )
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 1, "\(result.output)\(result.errors)")
        #expect(lines.first?.hasPrefix("/memfd:") == true)
    }

    @Test(
        "is a terminal of its own, whose input is nobody else's",
        .rows("CVE-2016-10124", "lxc-67e5a20ad"),
        .requires(.compiler)
    )
    func terminal() throws {
        let bundle = try OCIBundle()
        let source = """
            #include <errno.h>
            #include <stdio.h>
            #include <sys/ioctl.h>
            #include <sys/syscall.h>
            #include <unistd.h>
            int main(void) {
                const char *text = "echo typed\\n";
                int typed = 0;
                for (int fd = 0; fd < 3; fd++)
                    for (const char *c = text; *c; c++)
                        typed += syscall(SYS_ioctl, fd, (unsigned long)TIOCSTI, c) == 0
                            || syscall(SYS_ioctl, fd, 0x100000000ul | TIOCSTI, c) == 0;
                printf("typed %d\\n", typed);
                return 0;
            }
            """
        try bundle.write("probe.c", Array(source.utf8))
        bundle.configuration.process?.args = [
            "/bin/sh", "-c", "/probe; /bin/busybox stat -c '%a %g' /dev/pts/0 /dev/pts/ptmx",
        ]
        try bundle.save()
        let made = try bundle.shell("cc -static -o rootfs/probe probe.c")
        #expect(made.status == 0, "\(made.errors)")
        // Its standard streams are the caller's terminal: nothing can be typed into it.
        let shared = try bundle.shell("script -qec \"$oci run $id\" /dev/null </dev/null")
        #expect(shared.output.contains("typed 0\r\n"), "\(shared.output)")
        bundle.configuration.process?.terminal = true
        try bundle.save()
        let own = try bundle.shell("script -qec \"$oci run $id\" /dev/null </dev/null")
        #expect(own.output.contains("620 5\r\n666 0\r\n"), "\(own.output)")
        #expect(try bundle.remains() == "")
    }

    @Test(
        "is set up without a path that it could bend, by a procfs that is attached nowhere",
        .rows("CVE-2025-52881", "CVE-2019-16884"),
        .enabled(if: (try? Command.run(["strace", "-V"]).status) == 0, "needs strace")
    )
    func calls() throws {
        let bundle = try OCIBundle(script: "exit 0")
        bundle.configuration.linux?.sysctl = ["net.ipv4.ip_unprivileged_port_start": "7", "kernel.msgmax": "8192"]
        bundle.configuration.process?.oomScoreAdj = 7
        try bundle.save()
        let result = try bundle.shell(
            """
            strace -f -y -s 200 -o trace $oci run $id </dev/null
            init=$(grep -m 1 ' move_mount(' trace | cut -d ' ' -f 1); grep "^$init " trace >init
            sed -n '/ move_mount(/,/ execve(/p' init >after
            echo "by path: $(grep -cE ' (mount|open|openat|chmod|chown|mkdir|mknod|symlink|link|rename|unlink|utime)\\((AT_FDCWD[^,]*, )?"/proc' after)"
            echo "mount: $(grep -cE ' mount\\(' init)"
            echo "not close-on-exec: $(grep -E ' (openat2?|fsopen|fsmount|open_tree|memfd_create|socket|epoll_create1)\\(' init | grep -vcE 'CLOEXEC|= -1')"
            echo "truncated: $(grep -cE 'O_TRUNC' after)"
            echo "written: $(grep -E ' write\\([0-9]+<[^>]*(msgmax|unprivileged_port_start)>' after | sed 's/.*<\\([^>]*\\)>.*/\\1/' | sort | tr '\\n' ' ')"
            sed -n '/ seccomp(/,$p' init | sed -n 's/^[0-9]* *\\([a-z0-9_]*\\)(.*/\\1/p' | head -3 | tr '\\n' ' '
            """
        )
        #expect(
            result.output.hasPrefix("by path: 0\nmount: 0\nnot close-on-exec: 0\ntruncated: 0\n"),
            "\(result.output)\(result.errors)"
        )
        // A path that begins with the mount's own root: the procfs is attached nowhere.
        #expect(result.output.contains("written: /sys/kernel/msgmax /sys/net/ipv4/ip_unprivileged_port_start"))
    }

    @Test(
        "in a user namespace is never without a map, and groups cannot be dropped before it has one",
        .rows("CVE-2015-8709"),
        .enabled(if: (try? Command.run(["strace", "-V"]).status) == 0, "needs strace")
    )
    func maps() throws {
        let bundle = try OCIBundle(script: "cat /proc/self/setgroups; id -u")
        bundle.configuration = .rootlessExample(uid: 65_534, gid: 65_534)
        bundle.configuration.process?.terminal = false
        bundle.configuration.process?.args = ["/bin/sh", "-c", "cat /proc/self/setgroups; id -u"]
        try bundle.save()
        let result = try bundle.shell(
            """
            mkdir home; cp ${oci%% *} home/oci; chown -R 65534:65534 . ; chmod 755 .
            for up in $(echo $PWD | tr '/' ' '); do :; done
            setpriv --reuid 65534 --regid 65534 --clear-groups sh -c \\
                "strace -f -y -o trace home/oci --root $PWD/home/state run $id </dev/null"
            sed -n 's/.*\\(write\\|pwrite64\\)([0-9]*<[^>]*\\/\\(setgroups\\|gid_map\\|uid_map\\)>.*/\\2/p' trace | tr '\\n' ' '
            """
        )
        #expect(result.output.contains("deny\n0\n"), "\(result.output)\(result.errors)")
        #expect(result.output.hasSuffix("setgroups gid_map uid_map "), "\(result.output)")
    }

    @Test(
        "is no socket and no directory that others can reach",
        .rows("CVE-2020-15257", "CVE-2021-41103", "CVE-2021-21284"),
        arguments: ["000", "077"]
    )
    func reach(umask: String) throws {
        let bundle = try OCIBundle()
        let result = try bundle.shell(
            """
            umask \(umask); chmod 755 .; before=$(grep -c ' @' /proc/net/unix)
            $oci create $id </dev/null; stat -c '%A %U' state state/$id; stat -c '%A %U %F' state/$id/start.sock
            setpriv --reuid 65534 --regid 65534 --clear-groups find state -mindepth 1 2>/dev/null
            grep " @.*$id" /proc/net/unix; find state/$id -perm /022 ! -type l ! -type s
            """
        )
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 3, "\(result.output)\(result.errors)")
        #expect(lines.first == "drwx------ root")
        #expect(lines.dropFirst().first == "drwx------ root")
        #expect(lines.last?.hasSuffix(" root socket") == true)
    }
}
