// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension DockerFlag {
    /// The flags of every command whose options end at a name.
    static let common: [DockerFlag] = [
        DockerFlag(name: "help", kind: .toggle),
        DockerFlag(name: "root", kind: .value),
        DockerFlag(name: "interactive", letter: "i", kind: .toggle),
        DockerFlag(name: "tty", letter: "t", kind: .toggle),
        DockerFlag(name: "env", letter: "e", kind: .value),
        DockerFlag(name: "env-file", kind: .value),
        DockerFlag(name: "workdir", letter: "w", kind: .value),
        DockerFlag(name: "user", letter: "u", kind: .value),
    ]

    static let ofExec: [DockerFlag] = [
        DockerFlag(name: "detach", letter: "d", kind: .toggle),
        DockerFlag(name: "detach-keys", kind: .value),
        DockerFlag(name: "privileged", kind: .toggle, support: .onlyValues([])),
    ]

    static let ofCommit: [DockerFlag] = [
        DockerFlag(name: "help", kind: .toggle),
        DockerFlag(name: "root", kind: .value),
        DockerFlag(name: "author", letter: "a", kind: .value),
        DockerFlag(name: "change", letter: "c", kind: .value),
        DockerFlag(name: "message", letter: "m", kind: .value),
        DockerFlag(name: "pause", letter: "p", kind: .toggle, isOnByDefault: true),
        DockerFlag(name: "no-pause", kind: .toggle),
    ]

    static let ofRun: [DockerFlag] = [
        DockerFlag(name: "detach", letter: "d", kind: .toggle),
        DockerFlag(name: "rm", kind: .toggle),
        DockerFlag(name: "sig-proxy", kind: .toggle, isOnByDefault: true),
        DockerFlag(name: "detach-keys", kind: .value),
        DockerFlag(name: "trace", kind: .value),
    ]

    static let ofCreate: [DockerFlag] =
        [
            "annotation", "blkio-weight", "cap-add", "cap-drop", "cgroup-parent", "cidfile", "cpus",
            "cpuset-cpus", "cpuset-mems", "device", "entrypoint", "group-add", "health-cmd", "health-interval",
            "health-retries", "health-start-period", "health-timeout", "ipc", "memory-reservation",
            "memory-swap", "mount", "name", "net", "network", "oom-score-adj", "pid", "pids-limit", "platform",
            "restart",
            "security-opt", "shm-size", "stop-signal", "sysctl", "tmpfs", "uidmap", "gidmap", "ulimit",
        ]
        .map { DockerFlag(name: $0, kind: .value) } + [
            DockerFlag(name: "cpu-shares", letter: "c", kind: .value),
            DockerFlag(name: "hostname", letter: "h", kind: .value),
            DockerFlag(name: "label", letter: "l", kind: .value),
            DockerFlag(name: "memory", letter: "m", kind: .value),
            DockerFlag(name: "volume", letter: "v", kind: .value),
            DockerFlag(name: "read-only", kind: .toggle),
            DockerFlag(name: "no-healthcheck", kind: .toggle),
        ]

    /// What `run` and `create` say of an image that has to be pulled.
    static let ofPulling: [DockerFlag] = [
        DockerFlag(name: "pull", kind: .value),
        DockerFlag(name: "quiet", letter: "q", kind: .toggle),
        DockerFlag(name: "tls-verify", kind: .toggle, isOnByDefault: true),
        DockerFlag(name: "creds", kind: .value),
        DockerFlag(name: "authfile", kind: .value),
        DockerFlag(name: "cert-dir", kind: .value),
    ]

    /// What docker's `run` and `create` have and we do not.
    static let refused: [DockerFlag] =
        [
            "add-host", "blkio-weight-device", "cpu-count", "cpu-percent", "cpu-period", "cpu-quota", "cpu-rt-period",
            "cpu-rt-runtime", "device-cgroup-rule", "device-read-bps", "device-read-iops", "device-write-bps",
            "device-write-iops", "dns", "dns-opt", "dns-option", "dns-search", "domainname", "expose", "gpus",
            "health-start-interval", "io-maxbandwidth", "io-maxiops", "ip", "ip6", "isolation", "kernel-memory",
            "label-file",
            "link", "link-local-ip", "log-driver", "log-opt", "mac-address", "memory-swappiness", "net-alias",
            "network-alias", "runtime", "stop-timeout", "storage-opt", "uts", "volume-driver", "volumes-from",
        ]
        .map { DockerFlag(name: $0, kind: .value, support: .onlyValues([])) }
        + [
            "disable-content-trust", "init", "oom-kill-disable", "privileged", "use-api-socket",
        ]
        .map { DockerFlag(name: $0, kind: .toggle, support: .onlyValues([])) } + [
            DockerFlag(name: "attach", letter: "a", kind: .value, support: .onlyValues([])),
            DockerFlag(name: "cgroupns", kind: .value, support: .onlyValues(["private"])),
            DockerFlag(name: "publish", letter: "p", kind: .value, support: .onlyValues([])),
            DockerFlag(name: "publish-all", letter: "P", kind: .toggle, support: .onlyValues([])),
            DockerFlag(name: "userns", kind: .value, support: .onlyValues(["host"])),
        ]
}
