// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Resource Director Technology.
///
/// Specification: OCI runtime-spec 1.3, config-linux.md, section "IntelRdt".
public struct LinuxIntelRDT: JSONRecord, Hashable, Sendable {
    /// Name of the class of service.
    public var closID: String?
    /// Lines for the file `schemata`.
    public var schemata: [String]?
    /// Line for the third level cache.
    public var l3CacheSchema: String?
    /// Line for the memory bandwidth.
    public var memBwSchema: String?
    /// Whether a monitoring group is made.
    public var enableMonitoring: Bool?

    /// Creates the value; what is not given is absent.
    public init(
        closID: String? = nil,
        schemata: [String]? = nil,
        l3CacheSchema: String? = nil,
        memBwSchema: String? = nil,
        enableMonitoring: Bool? = nil
    ) {
        self.closID = closID
        self.schemata = schemata
        self.l3CacheSchema = l3CacheSchema
        self.memBwSchema = memBwSchema
        self.enableMonitoring = enableMonitoring
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.optional("closID", &closID)
        try fields.optional("schemata", &schemata)
        try fields.optional("l3CacheSchema", &l3CacheSchema)
        try fields.optional("memBwSchema", &memBwSchema)
        try fields.optional("enableMonitoring", &enableMonitoring)
    }
}
