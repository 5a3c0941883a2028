// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// A name or path of a layer: bytes, which need not be text.
///
/// In JSON it is a string where the bytes are UTF-8, else an object with the member `base64`.
public struct ByteText: Hashable, Sendable {
    /// The bytes.
    public let bytes: [UInt8]

    /// Takes bytes as they are.
    ///
    /// - Parameter bytes: The bytes.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Takes the bytes of a text.
    ///
    /// - Parameter text: The text.
    public init(_ text: String) { bytes = Array(text.utf8) }

    /// The text, where the bytes are UTF-8.
    public var text: String? { String(validating: bytes, as: UTF8.self) }
}

extension ByteText: ExpressibleByStringLiteral {
    /// Takes the bytes of a text.
    ///
    /// - Parameter value: The text.
    public init(stringLiteral value: String) { self.init(value) }
}

extension ByteText: CustomStringConvertible {
    /// The text where it is safe to show, else in double quotes with everything but printable ASCII as `\xNN`.
    ///
    /// Names in layers are hostile: unescaped they could forge lines of a list or drive a terminal.
    public var description: String {
        guard let text, text.unicodeScalars.allSatisfy({ Self.isVisible($0) }) else { return bytes.escapedForDisplay }
        return text
    }

    /// Whether a character moves nothing on a terminal: no control, no change of direction, no line break.
    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}

extension ByteText: JSONRepresentable, Codable {
    private struct Encoded: JSONRecord {
        var base64 = Base64Data([])

        init(_ bytes: [UInt8]) { base64 = Base64Data(bytes) }

        init(reading reader: inout JSONReader) throws(JSONError) {
            self.init([])
            try reader.readRecord(&self)
        }

        mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
            try fields.required("base64", &base64)
        }
    }

    /// Reads a string, or an object with the member `base64`.
    ///
    /// - Parameter reader: The reader.
    /// - Throws: `JSONError` for anything else.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        if try reader.peekType() == .object {
            self.init(try Encoded(reading: &reader).base64.bytes)
        } else {
            self.init(try reader.readString())
        }
    }

    /// Writes a string where the bytes are UTF-8, else an object with the member `base64`.
    ///
    /// - Parameter writer: What it is appended to.
    public func write(to writer: inout JSONWriter) {
        if let text { writer.write(string: text) } else { Encoded(bytes).write(to: &writer) }
    }

    /// Shows the text, if it is one, to `scanner`.
    ///
    /// - Parameter scanner: What looks at strings.
    public func scanStrings(_ scanner: inout JSONStringScanner) { if let text { scanner.scan(text) } }

    /// Reads the value from any decoder, by way of `JSONValue`.
    ///
    /// - Parameter decoder: The decoder.
    /// - Throws: What the decoder throws, or `JSONError`.
    public init(from decoder: any Decoder) throws { try self.init(json: JSONValue(from: decoder).json()) }

    /// Writes the value to any encoder, by way of `JSONValue`.
    ///
    /// - Parameter encoder: The encoder.
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws { try JSONValue(json: json()).encode(to: encoder) }
}
