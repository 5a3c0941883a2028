// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// How the kernel schedules a process (sched_setattr(2)).
public struct SchedulingPolicy: Hashable, Sendable {
    /// A policy (sched(7)); the raw value is the kernel's number.
    public enum Policy: UInt32, Hashable, Sendable {
        /// The usual policy.
        case other = 0
        /// Real time, first in, first out.
        case fifo = 1
        /// Real time, in turn.
        case roundRobin = 2
        /// For work without interaction.
        case batch = 3
        /// Reserved; no kernel implements it, so the launch fails with `EINVAL`.
        case iso = 4
        /// Only when nothing else runs.
        case idle = 5
        /// Earliest deadline first.
        case deadline = 6
    }

    /// The kernel's `SCHED_FLAG_*` bits.
    public struct Flags: OptionSet, Hashable, Sendable {
        /// The bits.
        public let rawValue: UInt64

        /// Takes the kernel's bits.
        public init(rawValue: UInt64) { self.rawValue = rawValue }

        /// Children do not inherit the policy.
        public static let resetOnFork = Flags(rawValue: 0x01)
        /// Time that others leave unused may be taken.
        public static let reclaim = Flags(rawValue: 0x02)
        /// Overruns are signaled by `SIGXCPU`.
        public static let deadlineOverrun = Flags(rawValue: 0x04)
        /// The policy stays as it is.
        public static let keepPolicy = Flags(rawValue: 0x08)
        /// The parameters stay as they are.
        public static let keepParameters = Flags(rawValue: 0x10)
        /// A minimum of utilization is set, which is 0.
        public static let utilizationClampMinimum = Flags(rawValue: 0x20)
        /// A maximum of utilization is set, which is 0.
        public static let utilizationClampMaximum = Flags(rawValue: 0x40)
    }

    /// The policy.
    public var policy: Policy
    /// Flags.
    public var flags: Flags
    /// Weight among processes of the policies `other` and `batch`, -20 (most) to 19.
    public var nice: Int32
    /// Priority of the real-time policies, 1 to 99; 0 for the others.
    public var priority: UInt32
    /// Nanoseconds of each period that a `deadline` process may run.
    public var runtime: UInt64
    /// Nanoseconds within which it gets them.
    public var deadline: UInt64
    /// Nanoseconds of a period.
    public var period: UInt64

    /// Makes a policy; what is not given is 0.
    public init(
        _ policy: Policy,
        flags: Flags = [],
        nice: Int32 = 0,
        priority: UInt32 = 0,
        runtime: UInt64 = 0,
        deadline: UInt64 = 0,
        period: UInt64 = 0
    ) {
        self.policy = policy
        self.flags = flags
        self.nice = nice
        self.priority = priority
        self.runtime = runtime
        self.deadline = deadline
        self.period = period
    }
}

/// The priority of a process's input and output (ioprio_set(2)).
public struct InputOutputPriority: Hashable, Sendable {
    /// A class; the raw value is the kernel's number.
    public enum Class: UInt32, Hashable, Sendable {
        /// Before all others; needs `CAP_SYS_NICE` or `CAP_SYS_ADMIN`.
        case realTime = 1
        /// The usual class.
        case bestEffort = 2
        /// Only when nobody else needs the device.
        case idle = 3
    }

    /// The class.
    public var `class`: Class
    /// Priority within the class, 0 (highest) to 7. The class `idle` has no levels; the kernel keeps the number.
    public var level: UInt32

    /// Makes a priority.
    public init(_ class: Class, level: UInt32 = 0) {
        self.class = `class`
        self.level = level
    }

    /// The kernel's number for both.
    var rawValue: UInt32 { self.class.rawValue << 13 | level }
}

/// Where a process's memory is taken from on machines with several memory nodes (set_mempolicy(2)).
public struct MemoryPolicy: Hashable, Sendable {
    /// A mode; the raw value is the kernel's number.
    public enum Mode: UInt32, Hashable, Sendable, CaseIterable {
        /// The node of the processor that runs the thread.
        case standard = 0
        /// Rather the node given, or with none, the local one.
        case preferred = 1
        /// Only the nodes given.
        case bind = 2
        /// The nodes given in turn.
        case interleave = 3
        /// The local node.
        case local = 4
        /// Rather the nodes given (Linux 5.15).
        case preferredMany = 5
        /// The nodes given in turn, by weight (Linux 6.9).
        case weightedInterleave = 6

        /// Whether nodes must, must not or may be given.
        public var needsNodes: Bool? {
            switch self {
            case .standard, .local: false
            case .bind, .interleave, .preferredMany, .weightedInterleave: true
            case .preferred: nil
            }
        }
    }

    /// The kernel's `MPOL_F_*` bits.
    public struct Flags: OptionSet, Hashable, Sendable {
        /// The bits.
        public let rawValue: UInt32

        /// Takes the kernel's bits.
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Pages move to where they are used (Linux 5.12, with `bind`).
        public static let balancing = Flags(rawValue: 1 << 13)
        /// Nodes count within the set that the process may use.
        public static let relativeNodes = Flags(rawValue: 1 << 14)
        /// Nodes do not follow the set that the process may use.
        public static let staticNodes = Flags(rawValue: 1 << 15)
    }

    /// The mode.
    public var mode: Mode
    /// Flags of the mode.
    public var flags: Flags
    /// The nodes.
    public var nodes: IndexSet

    /// Makes a policy.
    public init(_ mode: Mode, flags: Flags = [], nodes: IndexSet = IndexSet()) {
        self.mode = mode
        self.flags = flags
        self.nodes = nodes
    }
}
