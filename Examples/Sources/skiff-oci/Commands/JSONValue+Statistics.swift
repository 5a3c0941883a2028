// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CgroupKit
internal import OCISpec

extension JSONValue {
    /// An object; members that are null are left out, as Go leaves out what is empty.
    static func members(_ members: [(String, JSONValue)]) -> JSONValue {
        .object(JSONObject(members.filter { $0.1 != .null }.map { JSONObject.Member(key: $0.0, value: $0.1) }))
    }

    /// A number that may not be known.
    static func count(_ value: UInt64?) -> JSONValue { value.map { .number(JSONNumber($0)) } ?? .null }

    /// Numbers, of which there may be none.
    static func counts(_ values: [UInt64]?) -> JSONValue {
        guard let values, !values.isEmpty else { return .null }
        return .array(values.map { .number(JSONNumber($0)) })
    }

    /// A limit; none is the largest number of 64 bits.
    static func limit(_ limit: ResourceLimit) -> JSONValue {
        switch limit {
        case .unlimited: .number(JSONNumber(UInt64.max))
        case .value(let value): .number(JSONNumber(value))
        }
    }

    static func decimal(_ value: Double) -> JSONValue { JSONNumber(value).map { .number($0) } ?? .null }
}
