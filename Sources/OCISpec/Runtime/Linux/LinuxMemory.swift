// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Limits on memory. -1 means no limit.
///
/// Specification: OCI runtime-spec 1.3, config-linux.md, section "Memory".
public struct LinuxMemory: JSONRecord, Hashable, Sendable {
    /// Memory, in bytes.
    public var limit: Int64?
    /// Memory that is kept under pressure, in bytes.
    public var reservation: Int64?
    /// Memory and swap together, in bytes.
    public var swap: Int64?
    /// Deprecated. Kernel memory, in bytes.
    public var kernel: Int64?
    /// Kernel memory for TCP buffers, in bytes; version 1 only.
    public var kernelTCP: Int64?
    /// Inclination to swap, 0 to 100; version 1 only.
    public var swappiness: UInt64?
    /// Whether processes wait instead of being killed; version 1 only.
    public var disableOOMKiller: Bool?
    /// Whether groups below count, too; version 1 only.
    public var useHierarchy: Bool?
    /// Whether an update to less than is in use is refused.
    public var checkBeforeUpdate: Bool?

    /// Creates the value; what is not given is absent.
    public init(
        limit: Int64? = nil,
        reservation: Int64? = nil,
        swap: Int64? = nil,
        kernel: Int64? = nil,
        kernelTCP: Int64? = nil,
        swappiness: UInt64? = nil,
        disableOOMKiller: Bool? = nil,
        useHierarchy: Bool? = nil,
        checkBeforeUpdate: Bool? = nil
    ) {
        self.limit = limit
        self.reservation = reservation
        self.swap = swap
        self.kernel = kernel
        self.kernelTCP = kernelTCP
        self.swappiness = swappiness
        self.disableOOMKiller = disableOOMKiller
        self.useHierarchy = useHierarchy
        self.checkBeforeUpdate = checkBeforeUpdate
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.optional("limit", &limit)
        try fields.optional("reservation", &reservation)
        try fields.optional("swap", &swap)
        try fields.optional("kernel", &kernel)
        try fields.optional("kernelTCP", &kernelTCP)
        try fields.optional("swappiness", &swappiness)
        try fields.optional("disableOOMKiller", &disableOOMKiller)
        try fields.optional("useHierarchy", &useHierarchy)
        try fields.optional("checkBeforeUpdate", &checkBeforeUpdate)
    }
}
