// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension Features {
    /// Kinds of mount.
    ///
    /// Specification: OCI runtime-spec 1.3, features-linux.md, section "mountExtensions".
    public struct MountExtensions: JSONRecord, Hashable, Sendable {
        /// Idmapped mounts.
        public var idmap: Switch?

        /// Creates the value; what is not given is absent.
        public init(idmap: Switch? = nil) {
            self.idmap = idmap
        }

        /// Reads the value from an object.
        public init(reading reader: inout JSONReader) throws(JSONError) {
            self.init()
            try reader.readRecord(&self)
        }

        /// Lists the members.
        public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
            try fields.optional("idmap", &idmap)
        }
    }
}
