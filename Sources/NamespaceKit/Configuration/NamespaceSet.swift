// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import SystemPackage

/// Which namespaces a process gets, and where each comes from (namespaces(7)).
///
/// The default shares everything with the host.
public struct NamespaceSet: Hashable, Sendable {
    /// Where one namespace comes from.
    public enum Origin: Hashable, Sendable {
        /// The host's: the one that the spawning process is in.
        case host
        /// A new one.
        case new
        /// The one that a file such as `/proc/PID/ns/net` or `/run/netns/NAME` stands for.
        case join(FilePath)
    }

    /// User and group identifiers (user_namespaces(7)).
    public var user: Origin
    /// Process identifiers (pid_namespaces(7)).
    public var pid: Origin
    /// Mount points (mount_namespaces(7)).
    public var mount: Origin
    /// Network devices, addresses, ports (network_namespaces(7)). A new one has a loopback interface only.
    public var network: Origin
    /// System V IPC and POSIX message queues (ipc_namespaces(7)).
    public var ipc: Origin
    /// Host and NIS domain name (uts_namespaces(7)).
    public var uts: Origin
    /// The root of what `/proc/PID/cgroup` shows (cgroup_namespaces(7)).
    public var cgroup: Origin
    /// Offsets of the monotonic and boot-time clocks (time_namespaces(7)).
    public var time: Origin

    /// Makes a set; what is not named is shared with the host.
    public init(
        user: Origin = .host,
        pid: Origin = .host,
        mount: Origin = .host,
        network: Origin = .host,
        ipc: Origin = .host,
        uts: Origin = .host,
        cgroup: Origin = .host,
        time: Origin = .host
    ) {
        self.user = user
        self.pid = pid
        self.mount = mount
        self.network = network
        self.ipc = ipc
        self.uts = uts
        self.cgroup = cgroup
        self.time = time
    }

    /// Everything new except the user and time namespaces: what container engines give by default.
    public static let isolated = NamespaceSet(
        pid: .new,
        mount: .new,
        network: .new,
        ipc: .new,
        uts: .new,
        cgroup: .new
    )
}

/// A kind of namespace.
public enum NamespaceKind: String, CaseIterable, Hashable, Sendable {
    case user, pid, mount, network, ipc, uts, cgroup, time

    /// The flag of `clone3(2)`, `unshare(2)` and `setns(2)`.
    package var flag: UInt32 {
        switch self {
        case .user: 0x1000_0000
        case .pid: 0x2000_0000
        case .mount: 0x0002_0000
        case .network: 0x4000_0000
        case .ipc: 0x0800_0000
        case .uts: 0x0400_0000
        case .cgroup: 0x0200_0000
        case .time: 0x0000_0080
        }
    }

    /// The name in `/proc/PID/ns`.
    package var procName: String {
        switch self {
        case .mount: "mnt"
        case .network: "net"
        default: rawValue
        }
    }
}

extension NamespaceSet {
    /// The origin of one kind.
    public subscript(kind: NamespaceKind) -> Origin {
        get {
            switch kind {
            case .user: user
            case .pid: pid
            case .mount: mount
            case .network: network
            case .ipc: ipc
            case .uts: uts
            case .cgroup: cgroup
            case .time: time
            }
        }
        set {
            switch kind {
            case .user: user = newValue
            case .pid: pid = newValue
            case .mount: mount = newValue
            case .network: network = newValue
            case .ipc: ipc = newValue
            case .uts: uts = newValue
            case .cgroup: cgroup = newValue
            case .time: time = newValue
            }
        }
    }

    /// The flags of all kinds with `origin` new.
    var newFlags: UInt32 {
        NamespaceKind.allCases.reduce(0) { self[$1] == .new ? $0 | $1.flag : $0 }
    }
}
