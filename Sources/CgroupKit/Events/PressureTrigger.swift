// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A wish to be told when tasks lose time: more than ``stall`` within any ``window``.
///
/// - SeeAlso: Documentation/accounting/psi.rst, "Monitoring for pressure thresholds".
public struct PressureTrigger: Hashable, Sendable {
    /// What tasks wait for.
    public enum Resource: String, Hashable, Sendable { case cpu, memory, io }

    /// Which time counts.
    public enum Share: String, Hashable, Sendable {
        /// Time in which at least one task waits.
        case some
        /// Time in which all tasks wait.
        case full
    }

    /// What tasks wait for.
    public var resource: Resource
    /// Which time counts.
    public var share: Share
    /// How much time may be lost within ``window``.
    public var stall: Duration
    /// 500 milliseconds to 10 seconds; without `CAP_SYS_RESOURCE` a multiple of 2 seconds.
    public var window: Duration

    /// Makes a trigger.
    public init(_ resource: Resource, _ share: Share = .some, stall: Duration, window: Duration) {
        self.resource = resource
        self.share = share
        self.stall = stall
        self.window = window
    }

    /// The file of version 2 that takes the trigger.
    var file: String { "\(resource.rawValue).pressure" }

    /// What is written to it, times in microseconds.
    ///
    /// - Throws: ``CgroupError``: `invalidLimit` for times that the kernel does not take.
    func text() throws(CgroupError) -> String {
        let stall = Self.microseconds(stall)
        let window = Self.microseconds(window)
        guard window >= 500_000, window <= 10_000_000 else {
            throw .invalid("\(resource.rawValue).pressure", "the window is not in 500 ms...10 s")
        }
        guard stall > 0, stall <= window else {
            throw .invalid("\(resource.rawValue).pressure", "the stall is not above zero and at most the window")
        }
        return "\(share.rawValue) \(stall) \(window)"
    }

    private static func microseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        let (product, isTooLarge) = seconds.multipliedReportingOverflow(by: 1_000_000)
        return isTooLarge ? .max : product &+ attoseconds / 1_000_000_000_000
    }
}
