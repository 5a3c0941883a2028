// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Puts values into bytes, little-endian.
///
/// - SeeAlso: D-Bus Specification, "Marshaling".
struct DBusWriter {
    private(set) var bytes: [UInt8] = []

    mutating func align(to alignment: Int) {
        while bytes.count % alignment != 0 { bytes.append(0) }
    }

    mutating func write(_ value: DBusValue) {
        align(to: value.type.alignment)
        switch value {
        case .byte(let value): bytes.append(value)
        case .boolean(let value): write(integer: UInt32(value ? 1 : 0))
        case .int16(let value): write(integer: value)
        case .uint16(let value): write(integer: value)
        case .int32(let value): write(integer: value)
        case .uint32(let value): write(integer: value)
        case .int64(let value): write(integer: value)
        case .uint64(let value): write(integer: value)
        case .double(let value): write(integer: value.bitPattern)
        case .string(let text), .objectPath(let text):
            write(integer: UInt32(truncatingIfNeeded: text.utf8.count))
            bytes += Array(text.utf8) + [0]
        case .signature(let text): write(signature: text)
        case .variant(let inner):
            write(signature: inner.type.code)
            write(inner)
        case .array(let element, let values): write(element, values)
        case .structure(let members): for member in members { write(member) }
        case .dictionaryEntry(let key, let inner):
            write(key)
            write(inner)
        }
    }

    /// The length comes first, and does not count the padding before the first element.
    private mutating func write(_ element: DBusType, _ values: [DBusValue]) {
        let place = bytes.count
        write(integer: UInt32(0))
        align(to: element.alignment)
        let start = bytes.count
        for value in values { write(value) }
        let length = UInt32(truncatingIfNeeded: bytes.count - start)
        for index in 0..<4 { bytes[place + index] = UInt8(truncatingIfNeeded: length >> (8 * UInt32(index))) }
    }

    private mutating func write(signature text: String) {
        bytes.append(UInt8(truncatingIfNeeded: text.utf8.count))
        bytes += Array(text.utf8) + [0]
    }

    private mutating func write(integer value: some FixedWidthInteger) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
