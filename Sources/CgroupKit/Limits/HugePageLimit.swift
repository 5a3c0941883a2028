// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A limit of the hugetlb controller for one page size.
public struct HugePageLimit: Hashable, Sendable {
    /// The size as the kernel's files spell it: `64KB`, `2MB`, `1GB`.
    public var pageSize: String
    /// Bytes.
    public var limit: ResourceLimit

    /// Limits pages of one size.
    public init(pageSize: String, limit: ResourceLimit) {
        self.pageSize = pageSize
        self.limit = limit
    }

    /// The writes that apply the limit: to use, and to reservations where the kernel counts them (5.7).
    ///
    /// - Throws: ``CgroupError``: `invalidLimit` for a malformed size.
    public func plan(_ version: CgroupVersion) throws(CgroupError) -> [CgroupWrite] {
        let field = "hugepageLimits.\(pageSize)"
        let digits = pageSize.utf8.dropLast(2)
        guard ["KB", "MB", "GB"].contains(String(pageSize.suffix(2))), let size = KernelText.number(Array(digits)[...]),
            size > 0, digits.first != UInt8(ascii: "0")
        else { throw .invalid("hugepageLimits.pageSize", "a size looks like 64KB, 2MB or 1GB") }
        let names = version == .v1 ? ("limit_in_bytes", "rsvd.limit_in_bytes") : ("max", "rsvd.max")
        let value = version == .v1 ? limit.legacyText : limit.unifiedText
        return [
            CgroupWrite("hugetlb.\(pageSize).\(names.0)", value, .hugetlb, field),
            CgroupWrite("hugetlb.\(pageSize).\(names.1)", value, .hugetlb, field, whenMissing: .skip),
        ]
    }
}
