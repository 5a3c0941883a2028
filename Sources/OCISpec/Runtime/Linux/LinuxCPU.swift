// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Limits on processor time.
///
/// Specification: OCI runtime-spec 1.3, config-linux.md, section "CPU".
public struct LinuxCPU: JSONRecord, Hashable, Sendable {
    /// Weight beside other groups, 2 to 262144.
    public var shares: UInt64?
    /// Processor time of all tasks in one ``period``, in microseconds; -1 means no limit.
    public var quota: Int64?
    /// Unused time that can be saved for later periods, in microseconds.
    public var burst: UInt64?
    /// Length of a period, in microseconds.
    public var period: UInt64?
    /// Real-time processor time in one ``realtimePeriod``, in microseconds; version 1 only.
    public var realtimeRuntime: Int64?
    /// Length of a real-time period, in microseconds; version 1 only.
    public var realtimePeriod: UInt64?
    /// Processors to use, for example `0-3,7`.
    public var cpus: String?
    /// Memory nodes to use, for example `0-1`.
    public var mems: String?
    /// 1 runs the group only when others leave time, 0 does not.
    public var idle: Int64?

    /// Creates the value; what is not given is absent.
    public init(
        shares: UInt64? = nil,
        quota: Int64? = nil,
        burst: UInt64? = nil,
        period: UInt64? = nil,
        realtimeRuntime: Int64? = nil,
        realtimePeriod: UInt64? = nil,
        cpus: String? = nil,
        mems: String? = nil,
        idle: Int64? = nil
    ) {
        self.shares = shares
        self.quota = quota
        self.burst = burst
        self.period = period
        self.realtimeRuntime = realtimeRuntime
        self.realtimePeriod = realtimePeriod
        self.cpus = cpus
        self.mems = mems
        self.idle = idle
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.optional("shares", &shares)
        try fields.optional("quota", &quota)
        try fields.optional("burst", &burst)
        try fields.optional("period", &period)
        try fields.optional("realtimeRuntime", &realtimeRuntime)
        try fields.optional("realtimePeriod", &realtimePeriod)
        try fields.optional("cpus", &cpus)
        try fields.optional("mems", &mems)
        try fields.optional("idle", &idle)
    }
}
