// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The type of a D-Bus value.
///
/// - SeeAlso: D-Bus Specification, "Type System".
package indirect enum DBusType: Hashable, Sendable {
    case byte, boolean, int16, uint16, int32, uint32, int64, uint64, double, string, objectPath, signature, variant
    case array(DBusType)
    case structure([DBusType])
    /// Only as the element of an array.
    case dictionaryEntry(DBusType, DBusType)

    /// The types with a code of one letter.
    private static let basic: [(UInt8, DBusType)] = [
        (UInt8(ascii: "y"), .byte), (UInt8(ascii: "b"), .boolean), (UInt8(ascii: "n"), .int16),
        (UInt8(ascii: "q"), .uint16), (UInt8(ascii: "i"), .int32), (UInt8(ascii: "u"), .uint32),
        (UInt8(ascii: "x"), .int64), (UInt8(ascii: "t"), .uint64), (UInt8(ascii: "d"), .double),
        (UInt8(ascii: "s"), .string), (UInt8(ascii: "o"), .objectPath), (UInt8(ascii: "g"), .signature),
        (UInt8(ascii: "v"), .variant),
    ]

    /// The type's code.
    package var code: String {
        switch self {
        case .array(let element): "a" + element.code
        case .structure(let members): "(" + members.map(\.code).joined() + ")"
        case .dictionaryEntry(let key, let value): "{" + key.code + value.code + "}"
        default: Self.basic.first { $0.1 == self }.map { String(UnicodeScalar($0.0)) } ?? ""
        }
    }

    /// The multiple of bytes that a value of this type begins at.
    var alignment: Int {
        switch self {
        case .byte, .signature, .variant: 1
        case .int16, .uint16: 2
        case .boolean, .int32, .uint32, .string, .objectPath, .array: 4
        case .int64, .uint64, .double, .structure, .dictionaryEntry: 8
        }
    }

    /// Reads a list of types, such as `a(sv)u`.
    ///
    /// - Throws: ``DBusError``: `malformed` for anything else, nesting of more than 32 levels, or more than 255 bytes.
    package static func list(_ code: [UInt8]) throws(DBusError) -> [DBusType] {
        if code.count > 255 { throw .malformed("a signature of more than 255 bytes") }
        var rest = code[...]
        var types: [DBusType] = []
        while !rest.isEmpty { types.append(try next(&rest, depth: 0)) }
        return types
    }

    private static func next(_ rest: inout ArraySlice<UInt8>, depth: Int) throws(DBusError) -> DBusType {
        guard depth <= 32, let letter = rest.popFirst() else { throw .malformed("an incomplete signature") }
        if let basic = basic.first(where: { $0.0 == letter }) { return basic.1 }
        switch letter {
        case UInt8(ascii: "a"):
            guard rest.first == UInt8(ascii: "{") else { return .array(try next(&rest, depth: depth + 1)) }
            rest = rest.dropFirst()
            let key = try next(&rest, depth: depth + 1)
            let value = try next(&rest, depth: depth + 1)
            guard rest.popFirst() == UInt8(ascii: "}") else { throw .malformed("a signature with {, but not }") }
            return .array(.dictionaryEntry(key, value))
        case UInt8(ascii: "("):
            var members: [DBusType] = []
            while rest.first != UInt8(ascii: ")") { members.append(try next(&rest, depth: depth + 1)) }
            rest = rest.dropFirst()
            if members.isEmpty { throw .malformed("an empty structure") }
            return .structure(members)
        default: throw .malformed("a signature with the unknown type \(letter)")
        }
    }
}
