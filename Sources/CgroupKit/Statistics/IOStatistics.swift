// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import SystemPackage

/// What a group read from and wrote to one block device.
public struct IOStatistics: Hashable, Sendable {
    /// The device.
    public var device: IOLimits.Device
    /// Bytes read.
    public var readBytes: UInt64?
    /// Bytes written.
    public var writtenBytes: UInt64?
    /// Bytes discarded.
    public var discardedBytes: UInt64?
    /// Read operations.
    public var reads: UInt64?
    /// Write operations.
    public var writes: UInt64?
    /// Discard operations.
    public var discards: UInt64?

    init(device: IOLimits.Device) { self.device = device }

    static func read(_ directory: CgroupDirectory) throws(CgroupError) -> [IOStatistics]? {
        switch directory.hierarchy.version {
        case .v2: return try directory.readIfPresent("io.stat").map(parse(unified:))
        case .v1:
            guard let bytes = try directory.readIfPresent("blkio.throttle.io_service_bytes_recursive") else {
                return nil
            }
            return parse(
                legacyBytes: bytes,
                operations: try directory.readIfPresent("blkio.throttle.io_serviced_recursive") ?? []
            )
        }
    }

    /// Lines `8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6`.
    static func parse(unified text: [UInt8]) -> [IOStatistics] {
        var all: [IOStatistics] = []
        for line in KernelText.lines(text) {
            let fields = KernelText.fields(line)
            guard let first = fields.first, let device = device(first) else { continue }
            var item = IOStatistics(device: device)
            for field in fields.dropFirst() {
                guard let (key, value) = KernelText.cut(field, at: UInt8(ascii: "=")) else { continue }
                switch KernelText.string(key) {
                case "rbytes": item.readBytes = KernelText.number(value)
                case "wbytes": item.writtenBytes = KernelText.number(value)
                case "dbytes": item.discardedBytes = KernelText.number(value)
                case "rios": item.reads = KernelText.number(value)
                case "wios": item.writes = KernelText.number(value)
                case "dios": item.discards = KernelText.number(value)
                default: break  // cost and latency models add their own
                }
            }
            all.append(item)
        }
        return all
    }

    /// Lines `8:0 Read 1`, and a total without a device.
    static func parse(legacyBytes: [UInt8], operations: [UInt8]) -> [IOStatistics] {
        var all: [IOStatistics] = []
        func update(_ text: [UInt8], _ change: (inout IOStatistics, String, UInt64) -> Void) {
            for line in KernelText.lines(text) {
                let fields = KernelText.fields(line)
                guard fields.count == 3, let device = device(fields[0]), let value = KernelText.number(fields[2]) else {
                    continue
                }
                if !all.contains(where: { $0.device == device }) { all.append(IOStatistics(device: device)) }
                for index in all.indices where all[index].device == device {
                    change(&all[index], KernelText.string(fields[1]), value)
                }
            }
        }
        update(legacyBytes) { item, operation, value in
            switch operation {
            case "Read": item.readBytes = value
            case "Write": item.writtenBytes = value
            case "Discard": item.discardedBytes = value
            default: break  // Sync, Async and Total count the same bytes again
            }
        }
        update(operations) { item, operation, value in
            switch operation {
            case "Read": item.reads = value
            case "Write": item.writes = value
            case "Discard": item.discards = value
            default: break  // as above
            }
        }
        return all
    }

    private static func device(_ field: ArraySlice<UInt8>) -> IOLimits.Device? {
        guard let (major, minor) = KernelText.cut(field, at: UInt8(ascii: ":")),
            let first = KernelText.number(major).flatMap(UInt32.init(exactly:)),
            let second = KernelText.number(minor).flatMap(UInt32.init(exactly:))
        else { return nil }
        return IOLimits.Device(major: first, minor: second)
    }
}
