// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A set of strings is an object whose members are empty objects, as `Volumes` and `ExposedPorts` of an image
/// configuration are.
extension Set: JSONRepresentable where Element == String {
    /// Reads the names of an object whose values are empty objects.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self = []
        try reader.beginObject()
        while let key = try reader.nextMember(isFirst: isEmpty) {
            guard insert(key).inserted else { throw reader.duplicateKey().inside(key) }
            do throws(JSONError) {
                let offset = reader.offset
                guard try JSONObject(reading: &reader).isEmpty else {
                    throw JSONError(.invalidValue, offset: offset, detail: "expected an empty object")
                }
            } catch {
                throw error.inside(key)
            }
        }
    }

    /// Writes an object whose names stand in the order of their bytes and whose values are empty objects.
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        for key in sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            writer.write(key: key)
            writer.beginObject()
            writer.endObject()
        }
        writer.endObject()
    }

    /// Shows each name to `scanner`.
    public func scanStrings(_ scanner: inout JSONStringScanner) {
        for key in self { scanner.scan(key: key) { _ in } }
    }
}
