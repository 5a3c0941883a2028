// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Offsets of the clocks of a time namespace.
///
/// Specification: OCI runtime-spec 1.3, config-linux.md, section "Offset for Time Namespace".
public struct LinuxTimeOffsets: JSONRecord, Hashable, Sendable {
    /// Offset of `CLOCK_MONOTONIC`.
    public var monotonic: LinuxTimeOffset?
    /// Offset of `CLOCK_BOOTTIME`.
    public var boottime: LinuxTimeOffset?

    /// Creates the value; what is not given is absent.
    public init(monotonic: LinuxTimeOffset? = nil, boottime: LinuxTimeOffset? = nil) {
        self.monotonic = monotonic
        self.boottime = boottime
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.optional("monotonic", &monotonic)
        try fields.optional("boottime", &boottime)
        try fields.noOthers()
    }
}
