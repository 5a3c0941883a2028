// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Limits of the control group.
///
/// Specification: OCI runtime-spec 1.3, config-linux.md, section "Control groups".
public struct LinuxResources: JSONRecord, Hashable, Sendable {
    /// What devices may be used; a later rule overrides an earlier one.
    public var devices: [LinuxDeviceRule]?
    /// Memory.
    public var memory: LinuxMemory?
    /// Processor time.
    public var cpu: LinuxCPU?
    /// Number of processes.
    public var pids: LinuxPIDs?
    /// Block devices.
    public var blockIO: LinuxBlockIO?
    /// Huge pages.
    public var hugepageLimits: [LinuxHugepageLimit]?
    /// Network, on version 1 of control groups.
    public var network: LinuxNetwork?
    /// RDMA devices by name.
    public var rdma: [String: LinuxRDMA]?
    /// Files of version 2 of control groups and what to write into them, after all else.
    public var unified: [String: String]?

    /// Creates the value; what is not given is absent.
    public init(
        devices: [LinuxDeviceRule]? = nil,
        memory: LinuxMemory? = nil,
        cpu: LinuxCPU? = nil,
        pids: LinuxPIDs? = nil,
        blockIO: LinuxBlockIO? = nil,
        hugepageLimits: [LinuxHugepageLimit]? = nil,
        network: LinuxNetwork? = nil,
        rdma: [String: LinuxRDMA]? = nil,
        unified: [String: String]? = nil
    ) {
        self.devices = devices
        self.memory = memory
        self.cpu = cpu
        self.pids = pids
        self.blockIO = blockIO
        self.hugepageLimits = hugepageLimits
        self.network = network
        self.rdma = rdma
        self.unified = unified
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.optional("devices", &devices)
        try fields.optional("memory", &memory)
        try fields.optional("cpu", &cpu)
        try fields.optional("pids", &pids)
        try fields.optional("blockIO", &blockIO)
        try fields.optional("hugepageLimits", &hugepageLimits)
        try fields.optional("network", &network)
        try fields.optional("rdma", &rdma)
        try fields.optional("unified", &unified)
    }
}
