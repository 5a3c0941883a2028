// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension String: JSONRepresentable {
    /// Reads a string.
    public init(reading reader: inout JSONReader) throws(JSONError) { self = try reader.readString() }

    /// Writes the string.
    public func write(to writer: inout JSONWriter) { writer.write(string: self) }

    /// Shows the string to `scanner`.
    public func scanStrings(_ scanner: inout JSONStringScanner) { scanner.scan(self) }
}

/// Enums whose raw value is a string are read strictly: any other string is an error.
extension JSONRepresentable where Self: RawRepresentable, RawValue == String {
    /// Reads one of the strings that the type knows.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        let offset = reader.offset
        let text = try reader.readString()
        guard let value = Self(rawValue: text) else {
            throw JSONError(
                .invalidValue,
                offset: offset,
                detail: "\"\(JSONError.excerpt(text.utf8))\" is none of the values defined here"
            )
        }
        self = value
    }

    /// Writes the raw value.
    public func write(to writer: inout JSONWriter) { writer.write(string: rawValue) }

    /// Shows the raw value to `scanner`.
    public func scanStrings(_ scanner: inout JSONStringScanner) { scanner.scan(rawValue) }
}
