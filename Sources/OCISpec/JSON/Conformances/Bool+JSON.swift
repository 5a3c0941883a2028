// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension Bool: JSONRepresentable {
    /// Reads `true` or `false`.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        switch try reader.peek() {
        case UInt8(ascii: "t"):
            try reader.readWord("true")
            self = true
        case UInt8(ascii: "f"):
            try reader.readWord("false")
            self = false
        default: throw try reader.mismatch("a boolean")
        }
    }

    /// Writes `true` or `false`.
    public func write(to writer: inout JSONWriter) { writer.write(number: self ? "true" : "false") }
}
