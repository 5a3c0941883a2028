// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Weight of a block device.
///
/// Specification: OCI runtime-spec 1.3, config-linux.md, section "Block IO".
public struct LinuxWeightDevice: JSONRecord, Hashable, Sendable {
    /// Major number.
    public var major: Int64
    /// Minor number.
    public var minor: Int64
    /// Weight, 10 to 1000.
    public var weight: UInt16?
    /// Weight beside groups below; version 1 only.
    public var leafWeight: UInt16?

    /// Creates the value; what is not given is absent.
    public init(major: Int64, minor: Int64, weight: UInt16? = nil, leafWeight: UInt16? = nil) {
        self.major = major
        self.minor = minor
        self.weight = weight
        self.leafWeight = leafWeight
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init(major: 0, minor: 0)
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("major", &major)
        try fields.required("minor", &minor)
        try fields.optional("weight", &weight)
        try fields.optional("leafWeight", &leafWeight)
    }
}
