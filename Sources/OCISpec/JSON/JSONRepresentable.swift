// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A value that reads itself from, and writes itself as, one JSON value.
///
/// Integers, `Bool`, `String`, arrays, dictionaries with string keys, and enums whose raw value is a string conform
/// already; a struct that is a JSON object conforms through ``JSONRecord``.
public protocol JSONRepresentable {
    /// Reads the value at the reader's position and leaves the reader behind it.
    ///
    /// - Parameter reader: The reader.
    /// - Throws: ``JSONError`` if what is there is not such a value.
    init(reading reader: inout JSONReader) throws(JSONError)

    /// Writes the value.
    ///
    /// - Parameter writer: What the value is appended to.
    func write(to writer: inout JSONWriter)

    /// Shows every string within the value to `scanner`. The default does nothing, which suits values without strings.
    ///
    /// - Parameter scanner: What looks at the strings.
    func scanStrings(_ scanner: inout JSONStringScanner)
}

extension JSONRepresentable {
    /// Does nothing: the value has no strings.
    public func scanStrings(_ scanner: inout JSONStringScanner) {}

    /// Reads a whole JSON document from `bytes`.
    ///
    /// - Parameters:
    ///   - bytes: The document, UTF-8 without byte order mark.
    ///   - limits: Greatest size and depth.
    /// - Throws: ``JSONError``, which names the place in the document.
    public init(json bytes: Span<UInt8>, limits: JSONLimits = .default) throws(JSONError) {
        self = try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) -> Self in
            var reader = try unsafe JSONReader(buffer, limits: limits)
            let value = try Self(reading: &reader)
            try reader.finish()
            return value
        }
    }

    /// Reads a whole JSON document from `bytes`.
    ///
    /// - Parameters:
    ///   - bytes: The document, UTF-8 without byte order mark.
    ///   - limits: Greatest size and depth.
    /// - Throws: ``JSONError``, which names the place in the document.
    public init(json bytes: [UInt8], limits: JSONLimits = .default) throws(JSONError) {
        try self.init(json: bytes.span, limits: limits)
    }

    /// Reads a whole JSON document from `text`.
    ///
    /// - Parameters:
    ///   - text: The document.
    ///   - limits: Greatest size and depth.
    /// - Throws: ``JSONError``, which names the place in the document.
    public init(json text: String, limits: JSONLimits = .default) throws(JSONError) {
        try self.init(json: Array(text.utf8).span, limits: limits)
    }

    /// The value as JSON in UTF-8: members in declaration order, keys of maps in byte order, `nil` left out.
    ///
    /// - Parameter pretty: Whether to put each member on a line of its own, indented by two spaces a level.
    /// - Returns: The bytes, in UTF-8.
    public func json(pretty: Bool = false) -> [UInt8] {
        var writer = JSONWriter(pretty: pretty)
        write(to: &writer)
        return writer.bytes
    }
}
