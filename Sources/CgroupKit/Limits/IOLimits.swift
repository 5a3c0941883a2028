// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Limits of the I/O controller.
///
/// A `nil` or empty setting leaves what is in force.
///
/// - SeeAlso: OCI runtime-spec, config-linux.md, "Block IO"; cgroup-v2.rst, "IO Interface Files".
public struct IOLimits: Hashable, Sendable {
    /// A block device.
    public struct Device: Hashable, Sendable {
        /// Major number.
        public var major: UInt32
        /// Minor number.
        public var minor: UInt32

        /// Names a device.
        public init(major: UInt32, minor: UInt32) {
            self.major = major
            self.minor = minor
        }

        var text: String { "\(major):\(minor)" }
    }

    /// A device with the share of it.
    public struct DeviceWeight: Hashable, Sendable {
        /// The device.
        public var device: Device
        /// 10 to 1000.
        public var weight: UInt16?
        /// 10 to 1000; version 1 of kernels before 5.0 only.
        public var leafWeight: UInt16?

        /// A share of a device.
        public init(device: Device, weight: UInt16? = nil, leafWeight: UInt16? = nil) {
            self.device = device
            self.weight = weight
            self.leafWeight = leafWeight
        }
    }

    /// A device with a rate.
    public struct DeviceRate: Hashable, Sendable {
        /// The device.
        public var device: Device
        /// Bytes or operations in a second; zero removes the limit, in both versions.
        public var rate: UInt64

        /// A rate on a device.
        public init(device: Device, rate: UInt64) {
            self.device = device
            self.rate = rate
        }
    }

    /// Share of every device, 10 to 1000. Goes to the BFQ scheduler's file where there is one, else to `io.weight` on
    /// its scale of 1 to 10000.
    public var weight: UInt16?
    /// 10 to 1000; version 1 of kernels before 5.0 only.
    public var leafWeight: UInt16?
    /// Shares of single devices.
    public var deviceWeights: [DeviceWeight] = []
    /// Bytes a second.
    public var readBytes: [DeviceRate] = []
    /// Bytes a second.
    public var writeBytes: [DeviceRate] = []
    /// Operations a second.
    public var readOperations: [DeviceRate] = []
    /// Operations a second.
    public var writeOperations: [DeviceRate] = []

    /// Limits that change nothing.
    public init() {}

    /// The writes that apply the limits, in order.
    ///
    /// - Throws: ``CgroupError``: `invalidLimit` or `unsupported`, naming the setting.
    public func plan(_ version: CgroupVersion) throws(CgroupError) -> [CgroupWrite] {
        var plan: [CgroupWrite] = []
        if let weight { plan.append(try share(nil, weight, version, "blockIO.weight")) }
        if let leafWeight { plan.append(try leafShare(nil, leafWeight, version, "blockIO.leafWeight")) }
        for item in deviceWeights {
            if item.weight == nil && item.leafWeight == nil {
                throw .invalid("blockIO.weightDevice", "\(item.device.text) has neither weight nor leafWeight")
            }
            if let weight = item.weight {
                plan.append(try share(item.device, weight, version, "blockIO.weightDevice"))
            }
            if let weight = item.leafWeight {
                plan.append(try leafShare(item.device, weight, version, "blockIO.weightDevice.leafWeight"))
            }
        }
        let rates = [
            (readBytes, "rbps", "read_bps", "blockIO.throttleReadBpsDevice"),
            (writeBytes, "wbps", "write_bps", "blockIO.throttleWriteBpsDevice"),
            (readOperations, "riops", "read_iops", "blockIO.throttleReadIOPSDevice"),
            (writeOperations, "wiops", "write_iops", "blockIO.throttleWriteIOPSDevice"),
        ]
        for (items, key, file, field) in rates {
            for item in items { plan.append(throttle(item, key, file, version, field)) }
        }
        return plan
    }

    private func share(
        _ device: Device?,
        _ weight: UInt16,
        _ version: CgroupVersion,
        _ field: String
    ) throws(CgroupError) -> CgroupWrite {
        try Self.check(weight, field)
        let prefix = device.map { "\($0.text) " } ?? ""
        switch version {
        case .v1:
            let suffix = device == nil ? "" : "_device"
            let bfq = CgroupWrite("blkio.bfq.weight\(suffix)", "\(prefix)\(weight)", .io, field)
            return CgroupWrite("blkio.weight\(suffix)", "\(prefix)\(weight)", .io, field, or: [bfq])
        case .v2:
            // 10 to 1000 on the line to 1 to 10000.
            let scaled = 1 + (UInt32(weight) - 10) * 9999 / 990
            let plain = CgroupWrite("io.weight", "\(device?.text ?? "default") \(scaled)", .io, field)
            return CgroupWrite("io.bfq.weight", "\(prefix)\(weight)", .io, field, or: [plain])
        }
    }

    private func leafShare(
        _ device: Device?,
        _ weight: UInt16,
        _ version: CgroupVersion,
        _ field: String
    ) throws(CgroupError) -> CgroupWrite {
        if version == .v2 { throw .unsupported(field, by: .v2, .io) }
        try Self.check(weight, field)
        guard let device else { return CgroupWrite("blkio.leaf_weight", "\(weight)", .io, field) }
        return CgroupWrite("blkio.leaf_weight_device", "\(device.text) \(weight)", .io, field)
    }

    private func throttle(
        _ item: DeviceRate,
        _ key: String,
        _ file: String,
        _ version: CgroupVersion,
        _ field: String
    ) -> CgroupWrite {
        switch version {
        case .v1:
            return CgroupWrite("blkio.throttle.\(file)_device", "\(item.device.text) \(item.rate)", .io, field)
        case .v2:
            // Version 2 refuses the zero that version 1 takes for "no limit".
            let rate = item.rate == 0 ? "max" : "\(item.rate)"
            return CgroupWrite("io.max", "\(item.device.text) \(key)=\(rate)", .io, field)
        }
    }

    private static func check(_ weight: UInt16, _ field: String) throws(CgroupError) {
        if weight < 10 || weight > 1000 { throw .invalid(field, "\(weight) is not in 10...1000") }
    }
}
