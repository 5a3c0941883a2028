// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension RuntimeConfiguration {
    /// A configuration to begin with, as the command `spec` of a runtime prints it: a shell in a terminal, all
    /// namespaces but those for users and time, few capabilities, a read-only root file system.
    public static var example: RuntimeConfiguration {
        RuntimeConfiguration(
            ociVersion: "1.3.0",
            process: exampleProcess,
            root: Root(path: "rootfs", readonly: true),
            hostname: "skiff",
            mounts: exampleMounts,
            linux: LinuxConfiguration(
                resources: LinuxResources(devices: [LinuxDeviceRule(allow: false, access: "rwm")]),
                namespaces: [.pid, .network, .ipc, .uts, .mount, .cgroup].map { LinuxNamespace(type: $0) },
                maskedPaths: exampleMaskedPaths,
                readonlyPaths: exampleReadonlyPaths
            )
        )
    }

    /// The ``example`` for a user without privilege: a user namespace in which that user is root, the host's network,
    /// no limits.
    ///
    /// - Parameters:
    ///   - uid: The user's id.
    ///   - gid: The user's group id.
    /// - Returns: The configuration.
    public static func rootlessExample(uid: UInt32, gid: UInt32) -> RuntimeConfiguration {
        var configuration = example
        configuration.mounts = exampleMounts.map { mount in
            // Only who owns the network namespace can mount sysfs, so the host's is bound.
            if mount.type == "sysfs" {
                return Mount(
                    destination: "/sys",
                    type: "none",
                    source: "/sys",
                    options: ["rbind", "nosuid", "noexec", "nodev", "ro"]
                )
            }
            var mount = mount
            // Ids that are not mapped cannot own files.
            mount.options?.removeAll { $0.utf8.starts(with: "gid=".utf8) || $0.utf8.starts(with: "uid=".utf8) }
            return mount
        }
        configuration.linux?.resources = nil
        configuration.linux?.namespaces = [.pid, .ipc, .uts, .mount, .cgroup, .user].map { LinuxNamespace(type: $0) }
        configuration.linux?.uidMappings = [LinuxIDMapping(containerID: 0, hostID: uid, size: 1)]
        configuration.linux?.gidMappings = [LinuxIDMapping(containerID: 0, hostID: gid, size: 1)]
        return configuration
    }

    private static var exampleProcess: Process {
        let capabilities = ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"]
        return Process(
            terminal: true,
            args: ["sh"],
            env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"],
            cwd: "/",
            capabilities: Capabilities(bounding: capabilities, effective: capabilities, permitted: capabilities),
            rlimits: [RLimit(type: .openFiles, soft: 1024, hard: 1024)],
            noNewPrivileges: true
        )
    }

    private static var exampleMounts: [Mount] {
        [
            Mount(destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"]),
            Mount(
                destination: "/dev",
                type: "tmpfs",
                source: "tmpfs",
                options: ["nosuid", "strictatime", "mode=755", "size=65536k"]
            ),
            Mount(
                destination: "/dev/pts",
                type: "devpts",
                source: "devpts",
                options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]
            ),
            Mount(
                destination: "/dev/shm",
                type: "tmpfs",
                source: "shm",
                options: ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]
            ),
            Mount(
                destination: "/dev/mqueue",
                type: "mqueue",
                source: "mqueue",
                options: ["nosuid", "noexec", "nodev"]
            ),
            Mount(destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", "ro"]),
            Mount(
                destination: "/sys/fs/cgroup",
                type: "cgroup",
                source: "cgroup",
                options: ["nosuid", "noexec", "nodev", "relatime", "ro"]
            ),
        ]
    }

    private static let exampleMaskedPaths = [
        "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
        "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap",
        "/sys/firmware",
    ]

    private static let exampleReadonlyPaths = [
        "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
    ]
}
