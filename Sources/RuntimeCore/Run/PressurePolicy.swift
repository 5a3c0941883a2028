// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import CgroupKit

/// Decides what is done for a container whose tasks lose time for want of memory, look after look.
///
/// A ladder: first its memory limit grows, then memory is reclaimed from it, then it is frozen for a while so that others get
/// on, and at last it is killed; each rung only where it is allowed, and only after ``patience`` looks under pressure. Pressure
/// begins above ``upper`` and ends at ``lower``: between the two it is as it was, so that a container at the edge is
/// not treated back and forth. When it ends, the ladder begins anew.
///
/// The policy is a value that decides and does nothing; ``ScopedContainer/keep(_:every:onAction:)`` does what it decides.
///
/// - SeeAlso: Documentation/accounting/psi.rst; Documentation/admin-guide/cgroup-v2.rst, "memory.reclaim".
public struct PressurePolicy: Hashable, Sendable {
    /// What is to be done.
    public enum Action: Hashable, Sendable {
        /// Raise the memory limit to so many bytes.
        case grow(to: UInt64)
        /// Take so many bytes of memory from it that it can do without, such as cached files.
        case reclaim(UInt64)
        /// Stop its processes.
        case freeze
        /// Let its processes go on.
        case thaw
        /// Kill it.
        case kill
    }

    /// What is seen of a container at one time.
    public struct Look: Hashable, Sendable {
        /// Percent of the last ten seconds in which at least one task waited for memory.
        public var stalled: Double
        /// Bytes of memory in use.
        public var usage: UInt64
        /// The memory limit in bytes; `nil` without one.
        public var limit: UInt64?

        /// What is seen.
        ///
        /// - Parameters:
        ///   - stalled: Percent of the last ten seconds in which at least one task waited for memory.
        ///   - usage: Bytes of memory in use.
        ///   - limit: The memory limit in bytes; `nil` without one.
        public init(stalled: Double, usage: UInt64, limit: UInt64? = nil) {
            self.stalled = stalled
            self.usage = usage
            self.limit = limit
        }

        /// What the counters of a control group show; `nil` where the kernel does not count pressure.
        public init?(_ statistics: CgroupStatistics) {
            guard let some = statistics.memoryPressure?.some, let usage = statistics.memory?.current
            else { return nil }
            var limit: UInt64?
            if case .value(let bytes) = statistics.memory?.limit { limit = bytes }
            self.init(stalled: some.average10, usage: usage, limit: limit)
        }
    }

    /// Pressure begins above this many percent of stalled time.
    public var upper = 20.0
    /// Pressure ends at this many percent of stalled time.
    public var lower = 5.0
    /// How many looks in a row under pressure it takes until something is done, and until the next thing is.
    public var patience = 3
    /// The highest memory limit that it may have, in bytes; `nil` never raises it.
    public var ceiling: UInt64?
    /// By what the memory limit is multiplied.
    public var growth = 1.25
    /// Which part of the memory in use is reclaimed; 0 never reclaims.
    public var reclaimedShare = 0.1
    /// Whether it may be frozen.
    public var mayFreeze = false
    /// For how many looks it stays frozen.
    public var frozenLooks = 5
    /// Whether it may be killed.
    public var mayKill = false

    /// Whether it is under pressure.
    public private(set) var isPressed = false
    private var count = 0
    private var rung = 0
    /// How many looks it is still to stay frozen; `nil` when it is not.
    private var frozen: Int?

    /// A policy that reclaims, and does nothing else.
    public init() {}

    /// Takes note of a look.
    ///
    /// - Parameter look: What is seen now.
    /// - Returns: What is to be done now; `nil` for nothing.
    public mutating func decide(_ look: Look) -> Action? {
        if let left = frozen {
            frozen = left > 1 ? left - 1 : nil
            return frozen == nil ? .thaw : nil
        }
        if look.stalled > upper { isPressed = true }
        if look.stalled <= lower { isPressed = false }
        guard isPressed else {
            (count, rung) = (0, 0)
            return nil
        }
        count += 1
        guard count >= patience else { return nil }
        count = 0
        return climb(look)
    }

    /// The next thing that is allowed. The limit grows as often as it can before anything else is done.
    private mutating func climb(_ look: Look) -> Action? {
        if rung == 0, let limit = look.limit, let ceiling, limit < ceiling {
            let wanted = Double(limit) * max(growth, 1)
            return .grow(to: wanted < Double(ceiling) ? max(UInt64(wanted), limit + 1) : ceiling)
        }
        let steps: [(isAllowed: Bool, action: Action)] = [
            (reclaimedShare > 0, .reclaim(UInt64(Double(look.usage) * min(max(reclaimedShare, 0), 1)))),
            (mayFreeze, .freeze), (mayKill, .kill),
        ]
        while rung < steps.count {
            let step = steps[rung]
            rung += 1
            guard step.isAllowed else { continue }
            if step.action == .freeze { frozen = max(frozenLooks, 1) }
            return step.action
        }
        // All was tried: from the rung above the growth again, without what cannot be done twice.
        rung = 0
        return nil
    }
}
