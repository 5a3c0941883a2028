// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A strict pull parser over the bytes of one JSON document (RFC 8259).
///
/// Stricter than the RFC asks: UTF-8 only and without byte order mark, no U+0000 in strings, no lone surrogates, no
/// duplicate names, a limit on size and on depth. It never allocates for names that are known. A reader is only valid
/// while `init(reading:)` runs; do not keep a copy.
@safe public struct JSONReader {
    /// The kinds of JSON value.
    public enum ValueType: String, Sendable {
        /// `null`.
        case null = "null"
        /// `true` or `false`.
        case bool = "a boolean"
        /// A number.
        case number = "a number"
        /// A string.
        case string = "a string"
        /// An array.
        case array = "an array"
        /// An object.
        case object = "an object"
    }

    private let base: UnsafePointer<UInt8>
    /// Number of bytes of the document.
    let count: Int
    /// Offset of the next byte to read.
    public private(set) var offset = 0
    private var depth = 0
    private let maximumDepth: Int
    /// The object whose members are being read.
    var record = RecordState()

    /// Checks size and encoding of the document, which must outlive the reader.
    init(_ buffer: UnsafeBufferPointer<UInt8>, limits: JSONLimits) throws(JSONError) {
        guard let start = buffer.baseAddress, !buffer.isEmpty else {
            throw JSONError(.unexpectedEnd, offset: 0, detail: "the document is empty")
        }
        guard buffer.count <= limits.size else {
            throw JSONError(
                .tooLarge,
                offset: limits.size,
                detail: "the document has \(buffer.count) bytes, more than the \(limits.size) allowed"
            )
        }
        unsafe base = start
        count = buffer.count
        maximumDepth = min(limits.depth, JSONLimits.maximumDepth)
        try checkEncoding()
    }

    /// The byte at `index`, or zero behind the end; zero is no part of any JSON token.
    func byte(_ index: Int) -> UInt8 { index < count ? unsafe base[index] : 0 }

    /// Whether the eight bytes at `index` are there and are all ASCII.
    func isASCII(eightAt index: Int) -> Bool {
        guard count - index >= 8 else { return false }
        return unsafe UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080 == 0
    }

    /// The bytes of a token.
    func slice(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        unsafe UnsafeBufferPointer(start: base + range.lowerBound, count: range.count)
    }

    /// The next byte that is not white space, not yet read.
    mutating func peek() throws(JSONError) -> UInt8 {
        while offset < count {
            let byte = unsafe base[offset]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            offset += 1
        }
        throw JSONError(.unexpectedEnd, offset: offset, detail: "the document ends within a value")
    }

    /// Reads past `length` bytes that were looked at.
    mutating func skip(_ length: Int = 1) { offset += length }

    /// The kind of the next value.
    ///
    /// - Throws: ``JSONError`` if no value begins here.
    public mutating func peekType() throws(JSONError) -> ValueType {
        switch try peek() {
        case UInt8(ascii: "\""): .string
        case UInt8(ascii: "{"): .object
        case UInt8(ascii: "["): .array
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
        case UInt8(ascii: "n"): .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): .number
        case let byte: throw syntax("expected a value, found \(JSONReader.name(of: byte))")
        }
    }

    /// Checks that the next value begins with `byte`.
    mutating func expect(_ byte: UInt8, _ type: ValueType) throws(JSONError) {
        guard try peek() == byte else { throw try mismatch(type.rawValue) }
    }

    /// The error for a value that is not what was expected; a syntax error if it is no value at all.
    mutating func mismatch(_ expected: String) throws(JSONError) -> JSONError {
        JSONError(.wrongType, offset: offset, detail: "expected \(expected), found \(try peekType().rawValue)")
    }

    /// The error for bytes that are not JSON.
    func syntax(_ detail: String) -> JSONError {
        offset < count
            ? JSONError(.syntax, offset: offset, detail: detail)
            : JSONError(.unexpectedEnd, offset: count, detail: "the document ends within a value")
    }

    /// A byte, as it can stand in a message.
    static func name(of byte: UInt8) -> String {
        (0x21..<0x7F).contains(byte) ? "'\(Character(Unicode.Scalar(byte)))'" : "byte 0x\(String(byte, radix: 16))"
    }

    /// Reads `null`.
    ///
    /// - Throws: ``JSONError`` if something else is there.
    public mutating func readNull() throws(JSONError) {
        guard try peekType() == .null else { throw try mismatch("null") }
        try readWord("null")
    }

    /// Reads one of the three literal names.
    mutating func readWord(_ word: StaticString) throws(JSONError) {
        guard matches(word, at: offset, count: word.utf8CodeUnitCount) else {
            throw syntax("expected \(word)")
        }
        offset += word.utf8CodeUnitCount
    }

    /// Whether the `length` bytes at `start` are those of `name`.
    func matches(_ name: StaticString, at start: Int, count length: Int) -> Bool {
        guard length == name.utf8CodeUnitCount, length <= count - start else { return false }
        let other = unsafe name.utf8Start
        for index in 0..<length where unsafe base[start + index] != other[index] { return false }
        return true
    }

    /// Enters an array or object.
    mutating func descend() throws(JSONError) {
        guard depth < maximumDepth else {
            throw JSONError(.tooDeep, offset: offset, detail: "nested deeper than the \(maximumDepth) levels allowed")
        }
        depth += 1
        offset += 1
    }

    /// Leaves an array or object.
    mutating func ascend() {
        depth -= 1
        offset += 1
    }

    /// Checks that nothing but white space follows.
    mutating func finish() throws(JSONError) {
        while offset < count {
            let byte = unsafe base[offset]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else {
                throw JSONError(
                    .trailingData,
                    offset: offset,
                    detail: "\(JSONReader.name(of: byte)) follows the document's value"
                )
            }
            offset += 1
        }
    }
}
