// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

extension JSONValue {
    /// An object with these members, in this order.
    static func members(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
        .object(JSONObject(members.map { JSONObject.Member(key: $0.key, value: $0.value) }))
    }

    /// The document that `record` is.
    static func document(_ record: some JSONRepresentable) throws -> JSONValue { try JSONValue(json: record.json()) }

    static func strings(_ strings: [String]) -> JSONValue { .array(strings.map { .string($0) }) }

    static func integer(_ number: some FixedWidthInteger) -> JSONValue { .number(JSONNumber(number)) }

    /// An object of strings, ordered by key.
    static func map(_ map: [String: String]) -> JSONValue {
        .object(
            JSONObject(map.sorted { $0.key < $1.key }.map { JSONObject.Member(key: $0.key, value: .string($0.value)) })
        )
    }

    /// One line.
    var line: String { String(decoding: json(), as: UTF8.self) }
}
