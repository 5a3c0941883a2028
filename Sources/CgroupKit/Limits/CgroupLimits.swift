// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// All limits of a group.
public struct CgroupLimits: Hashable, Sendable {
    /// Memory.
    public var memory = MemoryLimits()
    /// CPU time.
    public var cpu = CPULimits()
    /// CPUs and memory nodes.
    public var cpuSet = CPUSetLimits()
    /// Tasks.
    public var pids = PIDLimits()
    /// Block devices.
    public var io = IOLimits()
    /// Huge pages, by size.
    public var hugePages: [HugePageLimit] = []
    /// RDMA devices.
    public var rdma: [RDMALimit] = []
    /// Miscellaneous resources.
    public var misc: [MiscLimit] = []
    /// Network tags of version 1.
    public var network = NetworkTags()
    /// Files of version 2, written last.
    public var unified = UnifiedSettings()

    /// Limits that change nothing.
    public init() {}

    /// What is in force in a group; it decides the order of writes.
    public struct Current: Hashable, Sendable {
        /// Memory.
        public var memory = MemoryLimits.Current()
        /// CPU time.
        public var cpu = CPULimits.Current()

        /// A new group.
        public init() {}
    }

    /// The writes that apply the limits, in order: each controller by the version that `layout` has it in.
    ///
    /// A controller that is mounted nowhere is planned for version 2 when a version 2 hierarchy exists, as it may be
    /// enabled further down; applying then fails naming it.
    ///
    /// - Throws: ``CgroupError``: `invalidLimit` or `unsupported`, naming the setting; nothing is written.
    public func plan(_ layout: CgroupLayout, current: Current = Current()) throws(CgroupError) -> [CgroupWrite] {
        func version(_ controller: CgroupController) -> CgroupVersion {
            layout.hierarchy(for: controller)?.version ?? (layout.unified == nil ? .v1 : .v2)
        }
        var plan = try memory.plan(version(.memory), current: current.memory)
        plan += try cpu.plan(version(.cpu), current: current.cpu)
        plan += cpuSet.plan(version(.cpuset))
        plan += try pids.plan(version(.pids))
        plan += try io.plan(version(.io))
        for item in hugePages { plan += try item.plan(version(.hugetlb)) }
        for item in rdma { plan += try item.plan(version(.rdma)) }
        for item in misc { plan += try item.plan(version(.misc)) }
        plan += try network.plan(layout.hierarchy(for: .networkClass)?.version ?? version(.networkPriority))
        let files = try unified.plan()
        if let first = files.first, layout.unified == nil {
            throw CgroupError(
                .unsupported,
                "set cgroup limit",
                field: first.field,
                hint: "invalid configuration: cannot use unified on cgroup v1: no version 2 hierarchy is mounted"
            )
        }
        return plan + files
    }

    /// The controllers that a group must have for these limits; for ``Cgroup/create(at:layout:existing:requiring:)``.
    ///
    /// - Throws: ``CgroupError``, as ``plan(_:current:)``.
    public func requiredControllers(_ layout: CgroupLayout) throws(CgroupError) -> Set<CgroupController> {
        Set(try plan(layout).filter { $0.whenMissing == .fail }.map(\.controller)).subtracting([
            CgroupController(rawValue: "cgroup")
        ])
    }
}
