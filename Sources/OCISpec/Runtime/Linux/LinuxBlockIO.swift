// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Limits on block devices.
///
/// Specification: OCI runtime-spec 1.3, config-linux.md, section "Block IO".
public struct LinuxBlockIO: JSONRecord, Hashable, Sendable {
    /// Weight beside other groups, 10 to 1000.
    public var weight: UInt16?
    /// Weight beside groups below; version 1 only.
    public var leafWeight: UInt16?
    /// Weights by device.
    public var weightDevice: [LinuxWeightDevice]?
    /// Bytes read per second.
    public var throttleReadBpsDevice: [LinuxThrottleDevice]?
    /// Bytes written per second.
    public var throttleWriteBpsDevice: [LinuxThrottleDevice]?
    /// Reads per second.
    public var throttleReadIOPSDevice: [LinuxThrottleDevice]?
    /// Writes per second.
    public var throttleWriteIOPSDevice: [LinuxThrottleDevice]?

    /// Creates the value; what is not given is absent.
    public init(
        weight: UInt16? = nil,
        leafWeight: UInt16? = nil,
        weightDevice: [LinuxWeightDevice]? = nil,
        throttleReadBpsDevice: [LinuxThrottleDevice]? = nil,
        throttleWriteBpsDevice: [LinuxThrottleDevice]? = nil,
        throttleReadIOPSDevice: [LinuxThrottleDevice]? = nil,
        throttleWriteIOPSDevice: [LinuxThrottleDevice]? = nil
    ) {
        self.weight = weight
        self.leafWeight = leafWeight
        self.weightDevice = weightDevice
        self.throttleReadBpsDevice = throttleReadBpsDevice
        self.throttleWriteBpsDevice = throttleWriteBpsDevice
        self.throttleReadIOPSDevice = throttleReadIOPSDevice
        self.throttleWriteIOPSDevice = throttleWriteIOPSDevice
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.optional("weight", &weight)
        try fields.optional("leafWeight", &leafWeight)
        try fields.optional("weightDevice", &weightDevice)
        try fields.optional("throttleReadBpsDevice", &throttleReadBpsDevice)
        try fields.optional("throttleWriteBpsDevice", &throttleWriteBpsDevice)
        try fields.optional("throttleReadIOPSDevice", &throttleReadIOPSDevice)
        try fields.optional("throttleWriteIOPSDevice", &throttleWriteIOPSDevice)
    }
}
