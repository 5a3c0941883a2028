// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A limit of the rdma controller for one device.
public struct RDMALimit: Hashable, Sendable {
    /// The device's name, for example `mlx5_1`.
    public var device: String
    /// How many handles may be open.
    public var handles: ResourceLimit?
    /// How many objects may be created.
    public var objects: ResourceLimit?

    /// Limits the use of one device.
    public init(device: String, handles: ResourceLimit? = nil, objects: ResourceLimit? = nil) {
        self.device = device
        self.handles = handles
        self.objects = objects
    }

    /// The writes that apply the limit; the file is the same in both versions.
    ///
    /// - Throws: ``CgroupError``: `invalidLimit` for a malformed device name, or without any limit.
    public func plan(_ version: CgroupVersion) throws(CgroupError) -> [CgroupWrite] {
        try Self.checkKey(device, "rdma")
        var value = device
        if let handles { value += " hca_handle=\(handles.unifiedText)" }
        if let objects { value += " hca_object=\(objects.unifiedText)" }
        if handles == nil && objects == nil {
            throw .invalid("rdma.\(device)", "it has neither hcaHandles nor hcaObjects")
        }
        return [CgroupWrite("rdma.max", value, .rdma, "rdma.\(device)")]
    }

    /// Refuses names that would end the key in the kernel's line format.
    static func checkKey(_ key: String, _ field: String) throws(CgroupError) {
        if key.isEmpty || key.utf8.count > 64 || key.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7f || $0 == 0x3d }) {
            throw .invalid(field, "a name has 1 to 64 printable characters, no space and no =")
        }
    }
}
