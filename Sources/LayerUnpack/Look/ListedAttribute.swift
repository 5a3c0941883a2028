// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// An extended attribute of an entry.
public struct ListedAttribute: JSONRecord, Hashable, Sendable {
    /// Its name with its class, such as `security.capability`.
    public var name: ByteText
    /// Its value; base64 in JSON.
    public var value: Base64Data

    init(_ attribute: TarEntry.Attribute) {
        name = ByteText(attribute.name)
        value = Base64Data(attribute.value)
    }

    /// Reads the value from an object.
    ///
    /// - Parameter reader: The reader.
    /// - Throws: `JSONError`.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init(TarEntry.Attribute(name: [], value: []))
        try reader.readRecord(&self)
    }

    /// Lists the members.
    ///
    /// - Parameter fields: What is done with them.
    /// - Throws: What `fields` throws.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("name", &name)
        try fields.required("value", &value)
    }
}
