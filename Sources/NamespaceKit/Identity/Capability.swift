// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A capability: a part of the superuser's power.
///
/// The raw value is the kernel's number.
///
/// - SeeAlso: capabilities(7).
public enum Capability: UInt8, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// Change the owner of any file.
    case chown = 0
    /// Read, write and execute files whatever their permission bits say.
    case dacOverride = 1
    /// Read files and search directories whatever their permission bits say; open files by handle.
    case dacReadSearch = 2
    /// Do what only the owner of a file may.
    case fileOwner = 3
    /// Keep the set-ID bits of a file that is modified.
    case fsetid = 4
    /// Signal any process.
    case kill = 5
    /// Change group IDs and the list of groups.
    case setgid = 6
    /// Change user IDs.
    case setuid = 7
    /// Drop capabilities from the bounding set, add to the inheritable set, set securebits.
    case setpcap = 8
    /// Set the immutable and append-only flags of files.
    case linuxImmutable = 9
    /// Bind to ports below 1024.
    case netBindService = 10
    /// Unused by the kernel.
    case netBroadcast = 11
    /// Configure interfaces, routes, firewalls and other parts of the network stack.
    case netAdmin = 12
    /// Use raw and packet sockets.
    case netRaw = 13
    /// Lock memory beyond the limit.
    case ipcLock = 14
    /// Use System V IPC objects whatever their permission bits say.
    case ipcOwner = 15
    /// Load and unload kernel modules.
    case sysModule = 16
    /// Use I/O ports and raw devices.
    case sysRawIO = 17
    /// Call chroot; join a mount namespace.
    case sysChroot = 18
    /// Trace any process and read its memory.
    case sysPtrace = 19
    /// Turn process accounting on and off.
    case sysPacct = 20
    /// Mount, make namespaces, and much else.
    case sysAdmin = 21
    /// Reboot; load a new kernel.
    case sysBoot = 22
    /// Raise priorities; set the scheduling, affinity and memory policy of other processes.
    case sysNice = 23
    /// Exceed resource limits and quotas.
    case sysResource = 24
    /// Set the clocks.
    case sysTime = 25
    /// Hang up and configure terminals.
    case sysTTYConfig = 26
    /// Make device nodes.
    case mknod = 27
    /// Take leases on any file.
    case lease = 28
    /// Write to the audit log.
    case auditWrite = 29
    /// Configure auditing.
    case auditControl = 30
    /// Set the capabilities of files; map user ID 0 in a new user namespace.
    case setfcap = 31
    /// Override mandatory access control (Smack).
    case macOverride = 32
    /// Configure mandatory access control (Smack).
    case macAdmin = 33
    /// Read and clear the kernel log; see kernel addresses.
    case syslog = 34
    /// Set timers that wake the system.
    case wakeAlarm = 35
    /// Keep the system from suspending.
    case blockSuspend = 36
    /// Read the audit log through a multicast socket.
    case auditRead = 37
    /// Monitor performance, of the kernel too (Linux 5.8).
    case perfmon = 38
    /// Load BPF programs and make maps (Linux 5.8).
    case bpf = 39
    /// Checkpoint and restore processes; choose process IDs (Linux 5.9).
    case checkpointRestore = 40

    /// The highest capability known here; a kernel may have more, or fewer (`/proc/sys/kernel/cap_last_cap`).
    public static var last: Capability { .checkpointRestore }

    /// The kernel's and the runtime specification's name, for example `CAP_SYS_ADMIN`.
    public var name: String {
        switch self {
        case .chown: "CAP_CHOWN"
        case .dacOverride: "CAP_DAC_OVERRIDE"
        case .dacReadSearch: "CAP_DAC_READ_SEARCH"
        case .fileOwner: "CAP_FOWNER"
        case .fsetid: "CAP_FSETID"
        case .kill: "CAP_KILL"
        case .setgid: "CAP_SETGID"
        case .setuid: "CAP_SETUID"
        case .setpcap: "CAP_SETPCAP"
        case .linuxImmutable: "CAP_LINUX_IMMUTABLE"
        case .netBindService: "CAP_NET_BIND_SERVICE"
        case .netBroadcast: "CAP_NET_BROADCAST"
        case .netAdmin: "CAP_NET_ADMIN"
        case .netRaw: "CAP_NET_RAW"
        case .ipcLock: "CAP_IPC_LOCK"
        case .ipcOwner: "CAP_IPC_OWNER"
        case .sysModule: "CAP_SYS_MODULE"
        case .sysRawIO: "CAP_SYS_RAWIO"
        case .sysChroot: "CAP_SYS_CHROOT"
        case .sysPtrace: "CAP_SYS_PTRACE"
        case .sysPacct: "CAP_SYS_PACCT"
        case .sysAdmin: "CAP_SYS_ADMIN"
        case .sysBoot: "CAP_SYS_BOOT"
        case .sysNice: "CAP_SYS_NICE"
        case .sysResource: "CAP_SYS_RESOURCE"
        case .sysTime: "CAP_SYS_TIME"
        case .sysTTYConfig: "CAP_SYS_TTY_CONFIG"
        case .mknod: "CAP_MKNOD"
        case .lease: "CAP_LEASE"
        case .auditWrite: "CAP_AUDIT_WRITE"
        case .auditControl: "CAP_AUDIT_CONTROL"
        case .setfcap: "CAP_SETFCAP"
        case .macOverride: "CAP_MAC_OVERRIDE"
        case .macAdmin: "CAP_MAC_ADMIN"
        case .syslog: "CAP_SYSLOG"
        case .wakeAlarm: "CAP_WAKE_ALARM"
        case .blockSuspend: "CAP_BLOCK_SUSPEND"
        case .auditRead: "CAP_AUDIT_READ"
        case .perfmon: "CAP_PERFMON"
        case .bpf: "CAP_BPF"
        case .checkpointRestore: "CAP_CHECKPOINT_RESTORE"
        }
    }

    /// The name.
    public var description: String { name }

    /// Finds a capability by its name, exactly as ``name`` spells it: upper case, with `CAP_`.
    public init?(name: some Collection<UInt8>) {
        guard let found = Self.byName[String(decoding: name, as: UTF8.self)] else { return nil }
        self = found
    }

    /// A launch looks up forty of them.
    private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })
}
