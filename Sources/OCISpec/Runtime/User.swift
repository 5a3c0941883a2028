// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension RuntimeConfiguration {
    /// User and groups of a process, as numbers inside the container.
    ///
    /// Specification: OCI runtime-spec 1.3, config.md, section "User".
    public struct User: JSONRecord, Hashable, Sendable {
        /// User id.
        public var uid: UInt32
        /// Group id.
        public var gid: UInt32
        /// File mode creation mask, 0 to 0o777; `nil` leaves it to the runtime.
        public var umask: UInt32?
        /// Supplementary group ids.
        public var additionalGids: [UInt32]?
        /// User name on Windows.
        public var username: String?

        /// Creates the value; what is not given is absent.
        public init(
            uid: UInt32 = 0,
            gid: UInt32 = 0,
            umask: UInt32? = nil,
            additionalGids: [UInt32]? = nil,
            username: String? = nil
        ) {
            self.uid = uid
            self.gid = gid
            self.umask = umask
            self.additionalGids = additionalGids
            self.username = username
        }

        /// Reads the value from an object.
        public init(reading reader: inout JSONReader) throws(JSONError) {
            self.init()
            try reader.readRecord(&self)
        }

        /// Lists the members.
        public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
            try fields.defaulted("uid", &uid)
            try fields.defaulted("gid", &gid)
            try fields.optional("umask", &umask)
            try fields.optional("additionalGids", &additionalGids)
            try fields.optional("username", &username)
        }
    }
}
