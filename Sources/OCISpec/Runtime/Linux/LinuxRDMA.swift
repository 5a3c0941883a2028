// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Limits on an RDMA device.
///
/// Specification: OCI runtime-spec 1.3, config-linux.md, section "RDMA".
public struct LinuxRDMA: JSONRecord, Hashable, Sendable {
    /// Greatest number of handles.
    public var hcaHandles: UInt32?
    /// Greatest number of objects.
    public var hcaObjects: UInt32?

    /// Creates the value; what is not given is absent.
    public init(hcaHandles: UInt32? = nil, hcaObjects: UInt32? = nil) {
        self.hcaHandles = hcaHandles
        self.hcaObjects = hcaObjects
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.optional("hcaHandles", &hcaHandles)
        try fields.optional("hcaObjects", &hcaObjects)
    }
}
