// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension RuntimeConfiguration {
    /// A mount besides the root file system.
    ///
    /// Specification: OCI runtime-spec 1.3, config.md, section "Mounts".
    public struct Mount: JSONRecord, Hashable, Sendable {
        /// Where it is mounted inside the container. Relative paths are deprecated and count from `/`.
        public var destination: String
        /// Type of the file system, for example `proc`; for a bind mount it says nothing.
        public var type: String?
        /// A device, a name, or for a bind mount a path, absolute or relative to the bundle.
        public var source: String?
        /// Options; those that are not generic are passed to the file system.
        public var options: [String]?
        /// Mapping of user ids for an idmapped mount; needs `gidMappings`.
        public var uidMappings: [LinuxIDMapping]?
        /// Mapping of group ids for an idmapped mount; needs `uidMappings`.
        public var gidMappings: [LinuxIDMapping]?

        /// Creates the value; what is not given is absent.
        public init(
            destination: String,
            type: String? = nil,
            source: String? = nil,
            options: [String]? = nil,
            uidMappings: [LinuxIDMapping]? = nil,
            gidMappings: [LinuxIDMapping]? = nil
        ) {
            self.destination = destination
            self.type = type
            self.source = source
            self.options = options
            self.uidMappings = uidMappings
            self.gidMappings = gidMappings
        }

        /// Reads the value from an object.
        public init(reading reader: inout JSONReader) throws(JSONError) {
            self.init(destination: "")
            try reader.readRecord(&self)
        }

        /// Lists the members.
        public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
            try fields.required("destination", &destination)
            try fields.optional("type", &type)
            try fields.optional("source", &source)
            try fields.optional("options", &options)
            try fields.optional("uidMappings", &uidMappings)
            try fields.optional("gidMappings", &gidMappings)
        }
    }
}
