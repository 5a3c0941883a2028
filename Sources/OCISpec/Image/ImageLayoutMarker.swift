// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The content of the file `oci-layout`, which marks an image layout directory.
///
/// Specification: OCI image-spec 1.1, image-layout.md, section "oci-layout file".
public struct ImageLayoutMarker: JSONRecord, Hashable, Sendable {
    /// Version of the layout; `1.0.0` is the only one.
    public var imageLayoutVersion: String

    /// Creates the value; what is not given is absent.
    public init(imageLayoutVersion: String = "1.0.0") {
        self.imageLayoutVersion = imageLayoutVersion
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.readRecord(&self, keys: .exactCase)
        try checkRead(at: reader.offset)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("imageLayoutVersion", &imageLayoutVersion)
    }
}
