// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A limit of the misc controller for one resource.
public struct MiscLimit: Hashable, Sendable {
    /// The resource's name in `misc.capacity`, for example `sev`.
    public var resource: String
    /// How much may be used.
    public var limit: ResourceLimit

    /// Limits one resource.
    public init(resource: String, limit: ResourceLimit) {
        self.resource = resource
        self.limit = limit
    }

    /// The write that applies the limit; the file is the same in both versions.
    ///
    /// - Throws: ``CgroupError``: `invalidLimit` for a malformed name.
    public func plan(_ version: CgroupVersion) throws(CgroupError) -> [CgroupWrite] {
        try RDMALimit.checkKey(resource, "misc")
        return [CgroupWrite("misc.max", "\(resource) \(limit.unifiedText)", .misc, "misc.\(resource)")]
    }
}
