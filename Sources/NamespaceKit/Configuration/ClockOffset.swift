// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// How far a clock of a new time namespace is from the host's (time_namespaces(7)).
public struct ClockOffset: Hashable, Sendable {
    /// The clocks that a time namespace has of its own; the time of day is the host's.
    public enum Clock: String, Hashable, Sendable, CaseIterable {
        /// `CLOCK_MONOTONIC`.
        case monotonic
        /// `CLOCK_BOOTTIME`.
        case boottime
    }

    /// The clock.
    public var clock: Clock
    /// Whole seconds, forward or back.
    public var seconds: Int64
    /// Nanoseconds beside them, forward, 0 to 999 999 999.
    public var nanoseconds: UInt32

    /// Makes an offset.
    public init(_ clock: Clock, seconds: Int64, nanoseconds: UInt32 = 0) {
        self.clock = clock
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// The content of `timens_offsets`.
    static func fileContent(_ offsets: [ClockOffset]) -> [UInt8] {
        Array(offsets.map { "\($0.clock.rawValue) \($0.seconds) \($0.nanoseconds)\n" }.joined().utf8)
    }
}
