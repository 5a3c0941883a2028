// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import SystemPackage

/// What a group uses of one RDMA device.
public struct RDMAStatistics: Hashable, Sendable {
    /// Handles that are open.
    public var handles: UInt64?
    /// Objects that exist.
    public var objects: UInt64?

    static func read(_ directory: CgroupDirectory) throws(CgroupError) -> [String: RDMAStatistics] {
        parse(try directory.readIfPresent("rdma.current") ?? [])
    }

    /// Lines `mlx4_0 hca_handle=2 hca_object=2000`.
    static func parse(_ text: [UInt8]) -> [String: RDMAStatistics] {
        var all: [String: RDMAStatistics] = [:]
        for line in KernelText.lines(text) {
            let fields = KernelText.fields(line)
            guard let name = fields.first else { continue }
            var item = RDMAStatistics()
            for field in fields.dropFirst() {
                guard let (key, value) = KernelText.cut(field, at: UInt8(ascii: "=")) else { continue }
                switch KernelText.string(key) {
                case "hca_handle": item.handles = KernelText.number(value)
                case "hca_object": item.objects = KernelText.number(value)
                default: break  // a newer kernel may count more
                }
            }
            all[KernelText.string(name)] = item
        }
        return all
    }
}
