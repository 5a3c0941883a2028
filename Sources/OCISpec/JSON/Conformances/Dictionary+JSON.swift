// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension Dictionary: JSONRepresentable where Key == String, Value: JSONRepresentable {
    /// Reads an object whose names are data.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self = [:]
        try reader.beginObject()
        while let key = try reader.nextMember(isFirst: isEmpty) {
            do throws(JSONError) {
                guard updateValue(try Value(reading: &reader), forKey: key) == nil else { throw reader.duplicateKey() }
            } catch {
                throw error.inside(key)
            }
        }
    }

    /// Writes an object whose names stand in the order of their bytes.
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        for (key, value) in sortedByKey {
            writer.write(key: key)
            value.write(to: &writer)
        }
        writer.endObject()
    }

    /// Shows each name and the strings of each value to `scanner`.
    public func scanStrings(_ scanner: inout JSONStringScanner) {
        for (key, value) in sortedByKey {
            scanner.scan(key: key) { scanner in value.scanStrings(&scanner) }
        }
    }

    /// The entries in the order of their keys' bytes, which is the same in every run.
    var sortedByKey: [Element] { sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } }
}
