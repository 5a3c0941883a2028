// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Appends JSON to a buffer; deterministic, so that equal values give equal bytes.
public struct JSONWriter: JSONFieldVisitor {
    /// Writing cannot fail.
    public typealias Failure = Never

    /// What has been written so far.
    public private(set) var bytes: [UInt8] = []
    private let pretty: Bool
    private var depth = 0
    /// Whether the innermost open array or object has nothing in it yet.
    private var isEmpty = true

    /// Creates a writer.
    ///
    /// - Parameter pretty: Whether to put each member on a line of its own, indented by two spaces a level.
    public init(pretty: Bool) { self.pretty = pretty }

    /// Writes the beginning of an object.
    public mutating func beginObject() { begin(UInt8(ascii: "{")) }

    /// Writes the end of the innermost object.
    public mutating func endObject() { end(UInt8(ascii: "}")) }

    /// Writes the beginning of an array.
    public mutating func beginArray() { begin(UInt8(ascii: "[")) }

    /// Writes the end of the innermost array.
    public mutating func endArray() { end(UInt8(ascii: "]")) }

    /// Writes what stands before an element of an array. Call it before each element.
    public mutating func beginElement() {
        if !isEmpty { bytes.append(UInt8(ascii: ",")) }
        isEmpty = false
        newLine()
    }

    /// Writes a member's name and the colon. Call it before each value in an object.
    ///
    /// - Parameter key: The name.
    public mutating func write(key: String) {
        beginElement()
        write(string: key)
        endKey()
    }

    /// Writes `null`.
    public mutating func writeNull() { bytes.append(contentsOf: "null".utf8) }

    /// Writes a number or another token that needs no quotes.
    mutating func write(number text: String) { bytes.append(contentsOf: text.utf8) }

    /// Writes a string with its quotes. Escapes quotes, backslashes and control characters, nothing else.
    ///
    /// - Parameter string: The string.
    public mutating func write(string: String) {
        bytes.append(UInt8(ascii: "\""))
        if string.utf8.allSatisfy(Self.isPlain) {
            bytes.append(contentsOf: string.utf8)
        } else {
            for byte in string.utf8 { write(escaping: byte) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private mutating func write(escaping byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
        case 0x08: bytes.append(contentsOf: #"\b"#.utf8)
        case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
        case 0x0A: bytes.append(contentsOf: #"\n"#.utf8)
        case 0x0C: bytes.append(contentsOf: #"\f"#.utf8)
        case 0x0D: bytes.append(contentsOf: #"\r"#.utf8)
        case 0..<0x10: bytes.append(contentsOf: (#"\u000"# + String(byte, radix: 16)).utf8)
        case 0x10..<0x20, 0x7F: bytes.append(contentsOf: (#"\u00"# + String(byte, radix: 16)).utf8)
        default: bytes.append(byte)
        }
    }

    /// Writes the members of `object` into the innermost object.
    mutating func write(membersOf object: JSONObject) {
        for member in object.members {
            write(key: member.key)
            member.value.write(to: &self)
        }
    }

    /// Writes a member.
    public mutating func required<Value: JSONRepresentable>(_ name: StaticString, _ value: inout Value) {
        beginElement()
        write(string: name.description)
        endKey()
        value.write(to: &self)
    }

    /// Writes a member.
    public mutating func defaulted<Value: JSONRepresentable>(_ name: StaticString, _ value: inout Value) {
        required(name, &value)
    }

    /// Writes a member unless it is `nil`.
    public mutating func optional<Value: JSONRepresentable>(_ name: StaticString, _ value: inout Value?) {
        guard var present = value else { return }
        required(name, &present)
    }

    /// Does nothing: a refused member is never written.
    public mutating func refused(_ name: StaticString, _ code: JSONError.Code) {}

    /// Writes the members that are not known.
    public mutating func others(_ fields: inout JSONObject) { write(membersOf: fields) }

    /// Does nothing.
    public mutating func noOthers() {}

    private mutating func begin(_ bracket: UInt8) {
        bytes.append(bracket)
        depth += 1
        isEmpty = true
    }

    private mutating func end(_ bracket: UInt8) {
        depth -= 1
        if !isEmpty { newLine() }
        bytes.append(bracket)
        isEmpty = false
    }

    private mutating func endKey() {
        bytes.append(UInt8(ascii: ":"))
        if pretty { bytes.append(UInt8(ascii: " ")) }
    }

    private mutating func newLine() {
        guard pretty else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }
}
