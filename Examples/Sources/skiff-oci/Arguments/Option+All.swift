// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The options, under the names that runc and crun gave them.
extension Option {
    // Before the command.
    static let root = Option("root", value: .one("DIR"), "directory for the state of containers")
    static let log = Option(
        "log",
        value: .one("FILE"),
        "append messages to FILE; journald:NAME and syslog:NAME go there"
    )
    static let logFormat = Option("log-format", value: .one("FORMAT"), "text (default) or json")
    static let logLevel = Option("log-level", value: .one("LEVEL"), "debug, info (default), warning or error")
    static let debug = Option("debug", "the same as --log-level debug")
    static let systemdCgroup = Option("systemd-cgroup", "have systemd make control groups, as scopes")
    static let rootless = Option("rootless", value: .one("WHEN"), "true, false or auto (default)")
    static let cgroupManager = Option(
        "cgroup-manager",
        value: .one("NAME"),
        "cgroupfs (default), systemd, or disabled for containers without a control group"
    )
    static let version = Option("version", letter: "v", "print the version")

    // Of every command.
    static let help = Option("help", letter: "h", "print this help")

    // Of commands that make a process.
    static let bundle = Option(
        "bundle",
        letter: "b",
        value: .one("DIR"),
        "the bundle; the working directory if not given"
    )
    static let consoleSocket = Option(
        "console-socket",
        value: .one("SOCKET"),
        "unix socket that is sent the host's side of the process's terminal"
    )
    static let configuration = Option(
        "config",
        letter: "f",
        value: .one("FILE"),
        "the configuration, below the bundle (config.json)"
    )
    static let pidFile = Option("pid-file", value: .one("FILE"), "file that gets the process's number")
    static let pidfdSocket = Option(
        "pidfd-socket",
        value: .one("SOCKET"),
        "unix socket that is sent a pidfd of the process"
    )
    static let noPivot = Option("no-pivot", "change the root with chroot, for a root on an initramfs")
    static let noNewKeyring = Option("no-new-keyring", "keep the caller's session keyring")
    static let preserveFDs = Option(
        "preserve-fds",
        value: .one("N"),
        "pass N more descriptors, after the standard streams and those of $LISTEN_FDS"
    )
    static let detach = Option("detach", letter: "d", "return when the process runs")
    static let keep = Option("keep", "keep the container when its process has ended")
    static let noSubreaper = Option("no-subreaper", "do not become a subreaper; this runtime never does")

    // Of exec.
    static let process = Option(
        "process",
        letter: "p",
        value: .one("FILE"),
        "the process as JSON, instead of a command"
    )
    static let environment = Option("env", letter: "e", value: .many("NAME=VALUE"), "set an environment variable")
    static let terminal = Option("tty", letter: "t", "give the process a terminal")
    static let user = Option("user", letter: "u", value: .one("UID[:GID]"), "run as this user")
    static let additionalGroups = Option(
        "additional-gids",
        letter: "g",
        value: .many("GID"),
        "add a supplementary group"
    )
    static let workingDirectory = Option("cwd", value: .one("DIR"), "working directory in the container")
    static let capability = Option("cap", letter: "c", value: .many("CAP_NAME"), "add a capability")
    static let noNewPrivileges = Option("no-new-privs", "do not let the process gain privileges")
    static let processLabel = Option("process-label", value: .one("LABEL"), "SELinux label of the process")
    static let appArmor = Option("apparmor", value: .one("PROFILE"), "AppArmor profile of the process")
    static let ignorePaused = Option("ignore-paused", "enter a paused container too")
    static let subgroup = Option(
        "cgroup",
        value: .many("[CONTROLLER:]PATH"),
        "join this existing group below the container's; on version 1 for one or more controllers each"
    )

    // Of update.
    static let resources = Option(
        "resources",
        letter: "r",
        value: .one("FILE"),
        "take all limits from FILE, or from standard input (-), as JSON"
    )
    static let blkioWeight = Option("blkio-weight", value: .one("WEIGHT"), "share of block devices, 10 to 1000")
    static let cpuPeriod = Option("cpu-period", value: .one("US"), "length of a CPU period in microseconds")
    static let cpuQuota = Option("cpu-quota", value: .one("US"), "CPU time in one period in microseconds, or -1")
    static let cpuBurst = Option("cpu-burst", value: .one("US"), "CPU time that may be saved up, in microseconds")
    static let cpuShare = Option("cpu-share", value: .one("SHARES"), "share of the CPU, 2 to 262144")
    static let cpuRealtimePeriod = Option("cpu-rt-period", value: .one("US"), "length of a real-time period")
    static let cpuRealtimeRuntime = Option("cpu-rt-runtime", value: .one("US"), "real-time CPU time in one period")
    static let cpuIdle = Option("cpu-idle", value: .one("0|1"), "whether to run only when nothing else does")
    static let cpusetCPUs = Option("cpuset-cpus", value: .one("LIST"), "CPUs to use, such as 0-3,7")
    static let cpusetMems = Option("cpuset-mems", value: .one("LIST"), "memory nodes to use, such as 0-1")
    static let memory = Option("memory", value: .one("BYTES"), "memory limit, such as 512M, or -1")
    static let memoryReservation = Option("memory-reservation", value: .one("BYTES"), "memory soft limit, or -1")
    static let memorySwap = Option("memory-swap", value: .one("BYTES"), "limit of memory and swap together, or -1")
    static let kernelMemory = Option("kernel-memory", value: .one("BYTES"), "kernel memory; old kernels only")
    static let kernelMemoryTCP = Option("kernel-memory-tcp", value: .one("BYTES"), "TCP buffers; version 1 only")
    static let pidsLimit = Option("pids-limit", value: .one("N"), "number of tasks, or -1")
    static let l3CacheSchema = Option("l3-cache-schema", value: .one("SCHEMA"), "cache of the third level, as L3:0=ff")
    static let memoryBandwidthSchema = Option("mem-bw-schema", value: .one("SCHEMA"), "memory bandwidth, as MB:0=50")

    // Of events.
    static let interval = Option("interval", value: .one("TIME"), "time between statistics, such as 5s (default)")
    static let stats = Option("stats", "print statistics once")

    // Of others.
    static let all = Option("all", letter: "a", "signal every process of the container")
    static let force = Option("force", letter: "f", "kill the container first if it runs; a missing one is no error")
    static let format = Option("format", letter: "f", value: .one("FORMAT"), "table (default) or json")
    static let quiet = Option("quiet", letter: "q", "print ids only")
    static let rootlessExample = Option("rootless", "make it for a user without privileges")
}
