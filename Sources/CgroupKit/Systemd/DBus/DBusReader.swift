// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Takes values out of bytes that a peer has sent: every length and every text is checked.
struct DBusReader {
    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func align(to alignment: Int) throws(DBusError) {
        while position % alignment != 0 {
            guard position < bytes.count, bytes[position] == 0 else { throw .malformed("padding that is not zero") }
            position += 1
        }
    }

    mutating func read(_ type: DBusType, depth: Int = 0) throws(DBusError) -> DBusValue {
        if depth > 64 { throw .malformed("values nested deeper than 64 levels") }
        try align(to: type.alignment)
        switch type {
        case .byte: return .byte(try integer())
        case .boolean:
            let number: UInt32 = try integer()
            if number > 1 { throw .malformed("a truth value of \(number)") }
            return .boolean(number == 1)
        case .int16: return .int16(try integer())
        case .uint16: return .uint16(try integer())
        case .int32: return .int32(try integer())
        case .uint32: return .uint32(try integer())
        case .int64: return .int64(try integer())
        case .uint64: return .uint64(try integer())
        case .double: return .double(Double(bitPattern: try integer()))
        case .string: return .string(try text(length: Int(try integer() as UInt32)))
        case .objectPath: return .objectPath(try text(length: Int(try integer() as UInt32)))
        case .signature: return .signature(try text(length: Int(try integer() as UInt8)))
        case .variant: return .variant(try variant(depth: depth))
        case .array(let element): return .array(element, try elements(element, depth: depth))
        case .structure(let types):
            var members: [DBusValue] = []
            for type in types { members.append(try read(type, depth: depth + 1)) }
            return .structure(members)
        case .dictionaryEntry(let key, let value):
            return .dictionaryEntry(try read(key, depth: depth + 1), try read(value, depth: depth + 1))
        }
    }

    private mutating func variant(depth: Int) throws(DBusError) -> DBusValue {
        let types = try DBusType.list(Array(try text(length: Int(try integer() as UInt8)).utf8))
        guard types.count == 1 else { throw .malformed("a variant of \(types.count) types") }
        return try read(types[0], depth: depth + 1)
    }

    private mutating func elements(_ type: DBusType, depth: Int) throws(DBusError) -> [DBusValue] {
        let length = Int(try integer() as UInt32)
        try align(to: type.alignment)
        guard length <= bytes.count - position else { throw .malformed("an array that is longer than its message") }
        let end = position + length
        var values: [DBusValue] = []
        while position < end { values.append(try read(type, depth: depth + 1)) }
        if position != end { throw .malformed("an array whose elements do not fit its length") }
        return values
    }

    private mutating func text(length: Int) throws(DBusError) -> String {
        guard length < bytes.count - position else { throw .malformed("a text that is longer than its message") }
        let slice = bytes[position..<(position + length)]
        guard bytes[position + length] == 0, !slice.contains(0) else { throw .malformed("a text with a NUL") }
        position += length + 1
        guard let text = String(validating: slice, as: UTF8.self) else { throw .malformed("a text that is not UTF-8") }
        return text
    }

    private mutating func integer<Number: FixedWidthInteger>() throws(DBusError) -> Number {
        let count = Number.bitWidth / 8
        guard count <= bytes.count - position else { throw .malformed("a message that ends within a number") }
        var number: UInt64 = 0
        for index in 0..<count { number |= UInt64(bytes[position + index]) << UInt64(8 * index) }
        position += count
        return Number(truncatingIfNeeded: number)
    }
}
