// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Limit on a block device.
///
/// Specification: OCI runtime-spec 1.3, config-linux.md, section "Block IO".
public struct LinuxThrottleDevice: JSONRecord, Hashable, Sendable {
    /// Major number.
    public var major: Int64
    /// Minor number.
    public var minor: Int64
    /// Bytes or operations per second.
    public var rate: UInt64

    /// Creates the value.
    public init(major: Int64, minor: Int64, rate: UInt64) {
        self.major = major
        self.minor = minor
        self.rate = rate
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init(major: 0, minor: 0, rate: 0)
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("major", &major)
        try fields.required("minor", &minor)
        try fields.required("rate", &rate)
    }
}
