// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Any JSON value, kept so that it can be written again without loss.
public enum JSONValue: Hashable, Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number.
    case number(JSONNumber)
    /// A string.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object.
    case object(JSONObject)

    /// The members, if this is an object.
    public var object: JSONObject? { if case .object(let object) = self { object } else { nil } }

    /// The elements, if this is an array.
    public var array: [JSONValue]? { if case .array(let array) = self { array } else { nil } }

    /// The text, if this is a string.
    public var string: String? { if case .string(let string) = self { string } else { nil } }

    /// The truth value, if this is one.
    public var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }

    /// The number, if this is one.
    public var number: JSONNumber? { if case .number(let number) = self { number } else { nil } }
}

extension JSONValue: JSONRepresentable {
    /// Reads any value.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        switch try reader.peekType() {
        case .null:
            try reader.readNull()
            self = .null
        case .bool: self = .bool(try Bool(reading: &reader))
        case .number: self = .number(try JSONNumber(reading: &reader))
        case .string: self = .string(try String(reading: &reader))
        case .array: self = .array(try Array(reading: &reader))
        case .object: self = .object(try JSONObject(reading: &reader))
        }
    }

    /// Writes the value.
    public func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.writeNull()
        case .bool(let bool): bool.write(to: &writer)
        case .number(let number): number.write(to: &writer)
        case .string(let string): string.write(to: &writer)
        case .array(let array): array.write(to: &writer)
        case .object(let object): object.write(to: &writer)
        }
    }

    /// Shows every string within the value to `scanner`.
    public func scanStrings(_ scanner: inout JSONStringScanner) {
        switch self {
        case .null, .bool, .number: break
        case .string(let string): string.scanStrings(&scanner)
        case .array(let array): array.scanStrings(&scanner)
        case .object(let object): object.scanStrings(&scanner)
        }
    }
}
