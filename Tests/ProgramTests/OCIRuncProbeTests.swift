// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

/// One configuration, from one bundle, run by Debian's runc and by skiff-oci: a probe inside prints what a program can
/// see of its surroundings.
@Suite("A program in a container of skiff-oci", .requires(.root, .programs, .busybox, .runc))
struct OCIRuncProbeTests {
    @Test("sees what it sees under runc", arguments: RuncProbe.all)
    func sees(_ probe: RuncProbe) throws {
        let bundle = try OCIBundle()
        let root = try bundle.directory.open()
        for name in Self.applets {
            try? root.makeSymlink(FilePath("rootfs/bin/\(name)"), target: Array("busybox".utf8))
        }
        try root.makeDirectories("rootfs/etc")
        try root.makeFile(
            "rootfs/etc/passwd",
            Array("root:x:0:0::/root:/bin/sh\nuser:x:1000:1000::/home:/bin/sh\n".utf8),
            mode: 0o644
        )
        try root.makeFile("rootfs/etc/group", Array("root:x:0:\nuser:x:1000:\n".utf8), mode: 0o644)
        try root.makeFile("rootfs/probe", Array(Self.script.utf8), mode: 0o644)
        try root.makeDirectories("source/below")
        for place in ["a", "b", "t", "q"] { try root.makeDirectories(FilePath("rootfs/m/\(place)")) }
        bundle.configuration.process?.args = ["/bin/sh", "/probe"]
        // The caller's own groups differ between hierarchies on some machines; runc starts there, each by each.
        bundle.configuration.linux?.cgroupsPath = "/\(bundle.id)"
        probe.change(&bundle.configuration)
        try bundle.save()
        let runc = try bundle.shell(
            """
            trap "runc --root '$PWD/theirs' delete --force $id 2>/dev/null" EXIT
            timeout 60 runc --root "$PWD/theirs" run $id
            """
        )
        let ours = try bundle.oci("run", bundle.id)
        #expect(ours.status == runc.status, "\(ours.errors)\(runc.errors)")
        let (theirView, ourView) = (probe.view(runc.output), probe.view(ours.output))
        #expect(theirView.contains("== end"), "\(runc.errors)")
        for line in theirView where !ourView.contains(line) { Issue.record("only under runc: \(line)") }
        for line in ourView where !theirView.contains(line) { Issue.record("only under skiff-oci: \(line)") }
        #expect(try bundle.remains() == "")
    }

    private static let applets = [
        "awk", "grep", "ls", "tr", "hostname", "pwd", "ip", "sed", "env", "sort", "rm", "mkdir", "chmod", "cut",
    ]

    /// Each line says what it is about, so that lines can be compared in any order.
    private static let script = #"""
        awk '{ p = "private"; for (i = 7; i <= NF; i++) { if ($i == "-") break; sub(/:.*/, "", $i); p = $i }
            print "mount", $5, $4, $6, p, $(i + 1), $(i + 2), $(i + 3) }' /proc/self/mountinfo
        grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp:|Umask|SigIgn|SigBlk|SigCgt|Cpus_allowed_list|Mems_allowed_list)' \
            /proc/self/status
        sed 's/^/limit: /' /proc/self/limits
        ls -lnA /dev /dev/pts | awk '/^[bc]/ { print "node", $1, $3, $4, $5, $6, $NF } /^l/ { print "link", $9, $11 }
            /^d/ { print "directory", $1, $3, $4, $9 }'
        tr '\0' '\n' </proc/self/environ | sed 's/^/environment: /'
        ls /proc/self/fd | sed 's/^/descriptor: /'
        echo "host name: $(hostname) $(cat /proc/sys/kernel/domainname)"; echo "directory: $(pwd)"; id
        echo "score: $(cat /proc/self/oom_score_adj) personality: $(cat /proc/self/personality)"
        sed 's/^/users: /' /proc/self/uid_map; sed 's/^/groups: /' /proc/self/gid_map
        sed 's/^/cgroup: /' /proc/self/cgroup
        echo "sysctl: $(cat /proc/sys/net/ipv4/ip_forward) $(cat /proc/sys/kernel/msgmax)"
        ip -o link | sed 's/ qdisc.*//; s/^[0-9]*/link/'
        for file in /proc/sys/kernel/msgmax /sys/x /etc/x /x /var/x /dev/x /m/a/x; do
            (echo 8192 >$file) 2>/dev/null && echo "writable: $file"
        done
        rm -f /x /etc/x /dev/x /m/a/x
        mkdir /tmp.probe 2>/dev/null && echo "can make directories" && rm -r /tmp.probe
        for file in /proc/kcore /proc/keys /proc/timer_list /sys/firmware; do
            [ -e $file ] && echo "$file: $(cat $file 2>/dev/null | head -c 100 | wc -c)$(ls -A $file/ 2>/dev/null | wc -l)"
        done
        echo "== end"
        """#
}

/// A configuration to compare, and how the two views may differ.
struct RuncProbe: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let change: @Sendable (inout RuntimeConfiguration) -> Void
    var explained: [Difference] = []

    init(
        _ name: String,
        explained: [Difference] = [],
        _ change: @escaping @Sendable (inout RuntimeConfiguration) -> Void
    ) {
        testDescription = name
        self.change = change
        self.explained = explained
    }

    /// What a program has printed, without what is known to differ.
    func view(_ output: String) -> Set<String> {
        var lines = Set<String>()
        for line in output.split(separator: "\n") {
            var line: String? = String(line)
            for difference in Difference.always + explained { line = line.flatMap(difference.apply) }
            if let line { lines.insert(line) }
        }
        return lines
    }

    /// A difference that is meant to be.
    struct Difference: Sendable {
        /// Why.
        let reason: String
        /// A line as far as it must be the same; `nil` when it need not be there.
        let apply: @Sendable (String) -> String?

        init(_ reason: String, _ apply: @escaping @Sendable (String) -> String?) {
            self.reason = reason
            self.apply = apply
        }

        /// Drops lines that begin so.
        static func dropping(_ prefix: String, _ reason: String) -> Difference {
            Difference(reason) { $0.hasPrefix(prefix) ? nil : $0 }
        }

        static let always: [Difference] = [
            Difference.dropping(
                "mount /sys/fs/cgroup/unified ",
                "on a hybrid layout runc leaves the hierarchy of version 2 out of a cgroup mount"
            ),
            Difference("masks are runc's copies of /dev/null and tmpfs, and ours of a tmpfs nobody can write to") {
                line in
                let paths = ["/proc/", "/sys/", "/etc "]
                let isMask = line.contains(" tmpfs tmpfs ") && line.hasPrefix("mount ")
                guard let path = paths.first(where: { line.hasPrefix("mount \($0)") }), isMask,
                    path != "/sys/" || !line.hasPrefix("mount /sys/fs/cgroup ")
                else { return line }
                return "mask " + line.split(separator: " ")[1]
            },
            Difference("a new sysfs is read-only by its mount; runc says so to the file system, too") {
                $0.hasPrefix("mount /sys / ") ? $0.replacingSuffix("sysfs sysfs ro", "sysfs sysfs rw") : $0
            },
            Difference("a cgroup mount that is to be read-only is so as a whole; runc 1.1.5 leaves its tmpfs writable")
            {
                $0.hasPrefix("mount /sys/fs/cgroup / r") ? "mount /sys/fs/cgroup" : $0
            },
            Difference("signals that the caller ignores are not ignored by the program; runc hands them on") {
                $0.hasPrefix("SigIgn:") ? nil : $0
            },
            Difference("the source of the named hierarchy is called cgroup as the others are") {
                $0.hasPrefix("mount /sys/fs/cgroup/systemd ")
                    ? $0.replacingOccurrence("cgroup systemd", "cgroup cgroup") : $0
            },
            Difference("the primary group is among the groups (CVE-2022-2995)") {
                $0.hasPrefix("Groups:") ? nil : $0.hasPrefix("uid=") ? String($0.prefix { $0 != " " }) : $0
            },
            Difference("runc 1.1.5 writes no permissions where the tmpfs has those of the directory; ours names them") {
                $0.hasPrefix("mount /m/q ") ? $0.replacingSuffix("rw,mode=755", "rw") : $0
            },
        ]
    }
}

extension String {
    fileprivate func replacingOccurrence(_ text: String, _ other: String) -> String { replacing(text, with: other) }

    fileprivate func replacingSuffix(_ suffix: String, _ other: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) + other : self
    }
}

extension RuncProbe {
    static let all: [RuncProbe] = [
        RuncProbe("the configuration of `spec`") { _ in },
        RuncProbe("a writable root") { $0.root?.readonly = false },
        RuncProbe("a user with groups and a mask") {
            $0.process?.user = .init(uid: 1000, gid: 1000, umask: 0o77, additionalGids: [5, 10])
        },
        RuncProbe("capabilities, ambient ones among them") {
            let names = ["CAP_NET_BIND_SERVICE", "CAP_CHOWN"]
            $0.process?.capabilities = .init(
                bounding: names,
                effective: names,
                inheritable: names,
                permitted: names,
                ambient: names
            )
        },
        RuncProbe("capabilities of an ordinary user") {
            $0.process?.user = .init(uid: 1000, gid: 1000)
            $0.process?.noNewPrivileges = false
        },
        RuncProbe("no capabilities, and no_new_privs unset") {
            $0.process?.capabilities = .init()
            $0.process?.noNewPrivileges = false
        },
        RuncProbe("limits") {
            $0.process?.rlimits = [
                .init(type: .openFiles, soft: 100, hard: 200), .init(type: .core, soft: 0, hard: 0),
                .init(type: .processes, soft: 50, hard: 60),
            ]
        },
        RuncProbe("an environment with one name twice, and a directory that is made") {
            $0.root?.readonly = false
            $0.process?.env = ["A=1", "B=x y", "A=2", "HOME=", "PATH=/bin"]
            $0.process?.cwd = "/usr/new/directory"
        },
        RuncProbe("devices") {
            $0.linux?.devices = [
                .init(type: .character, path: "/dev/fuse", major: 10, minor: 229, fileMode: 0o660, uid: 7, gid: 8),
                .init(type: .fifo, path: "/dev/pipe", fileMode: 0o622),
            ]
        },
        RuncProbe("bind mounts and file systems in memory") {
            $0.root?.readonly = false
            $0.mounts? += [
                .init(destination: "/m/a", source: "source", options: ["bind", "ro"]),
                .init(
                    destination: "/m/b",
                    type: "bind",
                    source: "source",
                    options: ["rbind", "nosuid", "nodev", "noexec", "rslave"]
                ),
                .init(
                    destination: "/m/t",
                    type: "tmpfs",
                    source: "tmpfs",
                    options: ["size=1m", "mode=700", "nosuid", "strictatime"]
                ),
                .init(destination: "/m/q", type: "tmpfs", source: "named", options: ["ro"]),
            ]
        },
        RuncProbe("a root that receives mounts") { $0.linux?.rootfsPropagation = .slave },
        RuncProbe(
            "a root that shares mounts",
            explained: [
                .init(
                    "runc 1.1.5 leaves the root private after the change of the root; the specification has it shared"
                ) {
                    $0.hasPrefix("mount / ") ? "mount /" : $0
                }
            ]
        ) { $0.linux?.rootfsPropagation = .shared },
        RuncProbe(
            "a user namespace",
            explained: [
                .init("runc's masks of files are the host's /dev/null there, which is mounted as its own is") {
                    $0.hasPrefix("mount /proc/") && $0.contains(" /null ")
                        ? "mask " + $0.split(separator: " ")[1] : $0
                }
            ]
        ) {
            $0.linux?.namespaces? += [.init(type: .user)]
            $0.linux?.uidMappings = [.init(containerID: 0, hostID: 0, size: 65_536)]
            $0.linux?.gidMappings = [.init(containerID: 0, hostID: 0, size: 65_536)]
        },
        RuncProbe("the host's network, names and queues") {
            $0.linux?.namespaces?.removeAll { [.network, .uts, .ipc].contains($0.type) }
            $0.hostname = nil
        },
        RuncProbe("the host's processes") { $0.linux?.namespaces?.removeAll { $0.type == .pid } },
        RuncProbe("the host's control groups") { $0.linux?.namespaces?.removeAll { $0.type == .cgroup } },
        RuncProbe("kernel parameters") {
            $0.linux?.sysctl = ["net.ipv4.ip_forward": "1", "kernel.msgmax": "4096"]
        },
        RuncProbe("masks and read-only paths") {
            $0.root?.readonly = false
            $0.linux?.maskedPaths = ["/etc", "/proc/kcore", "/nothing"]
            $0.linux?.readonlyPaths = ["/m", "/proc/sys", "/nothing"]
        },
        RuncProbe("a filter of system calls") {
            $0.root?.readonly = false
            $0.linux?.seccomp = LinuxSeccomp(
                defaultAction: .allow,
                architectures: [.x86_64],
                syscalls: [.init(names: ["mkdir", "mkdirat"], action: .errno)]
            )
        },
        RuncProbe("a score for lack of memory") { $0.process?.oomScoreAdj = 500 },
        RuncProbe("resources") {
            $0.linux?.resources?.memory = LinuxMemory(limit: 64 << 20)
            $0.linux?.resources?.cpu = LinuxCPU(shares: 512, cpus: "0")
            $0.linux?.resources?.pids = LinuxPIDs(limit: 50)
        },
        RuncProbe("no mounts below /dev") {
            $0.root?.readonly = false
            $0.mounts?.removeAll { $0.destination.hasPrefix("/dev") }
            // Where nothing is mounted on /dev, runc's masks of files are its device nodes.
            $0.linux?.maskedPaths = ["/proc/acpi"]
        },
    ]
}
