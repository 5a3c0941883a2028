// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A resource controller of the kernel, by the name it has in `cgroup.controllers` and `/proc/cgroups`.
///
/// The I/O controller is called `io` in version 2 and `blkio` in version 1; ``io`` stands for both.
public struct CgroupController: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The kernel's name, for example `memory`.
    public let rawValue: String

    /// Names a controller; any name is accepted, a kernel knows more of them each year.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// CPU time.
    public static let cpu = CgroupController(rawValue: "cpu")
    /// CPU accounting; version 1 only.
    public static let cpuacct = CgroupController(rawValue: "cpuacct")
    /// CPUs and memory nodes.
    public static let cpuset = CgroupController(rawValue: "cpuset")
    /// Memory.
    public static let memory = CgroupController(rawValue: "memory")
    /// Block devices; `blkio` in version 1.
    public static let io = CgroupController(rawValue: "io")
    /// Tasks.
    public static let pids = CgroupController(rawValue: "pids")
    /// Huge pages.
    public static let hugetlb = CgroupController(rawValue: "hugetlb")
    /// RDMA devices.
    public static let rdma = CgroupController(rawValue: "rdma")
    /// Miscellaneous resources.
    public static let misc = CgroupController(rawValue: "misc")
    /// Device nodes; version 1 only.
    public static let devices = CgroupController(rawValue: "devices")
    /// Stopping groups; version 1 only.
    public static let freezer = CgroupController(rawValue: "freezer")
    /// Classes of network packets; version 1 only.
    public static let networkClass = CgroupController(rawValue: "net_cls")
    /// Priorities of network packets; version 1 only.
    public static let networkPriority = CgroupController(rawValue: "net_prio")

    /// The kernel's name.
    public var description: String { rawValue }

    /// The name that the version 1 hierarchies use.
    var legacyName: String { self == .io ? "blkio" : rawValue }

    /// The controller that a version 1 hierarchy calls `name`.
    init(legacyName name: String) { self.init(rawValue: name == "blkio" ? "io" : name) }
}
