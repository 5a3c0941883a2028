// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension Array: JSONRepresentable where Element: JSONRepresentable {
    /// Reads an array.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self = []
        try reader.beginArray()
        while try reader.nextElement(isFirst: isEmpty) {
            do throws(JSONError) {
                append(try Element(reading: &reader))
            } catch {
                throw error.inside(count)
            }
        }
    }

    /// Writes the elements as an array.
    public func write(to writer: inout JSONWriter) {
        writer.beginArray()
        for element in self {
            writer.beginElement()
            element.write(to: &writer)
        }
        writer.endArray()
    }

    /// Shows the strings of each element to `scanner`.
    public func scanStrings(_ scanner: inout JSONStringScanner) {
        for (index, element) in enumerated() {
            scanner.scan(index: index) { scanner in element.scanStrings(&scanner) }
        }
    }
}
