// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension Features {
    /// Support of control groups.
    ///
    /// Specification: OCI runtime-spec 1.3, features-linux.md, section "cgroup".
    public struct Cgroup: JSONRecord, Hashable, Sendable {
        /// Version 1.
        public var v1: Bool?
        /// Version 2.
        public var v2: Bool?
        /// Through systemd.
        public var systemd: Bool?
        /// Through the systemd of a user.
        public var systemdUser: Bool?
        /// The controller `rdma`.
        public var rdma: Bool?

        /// Creates the value; what is not given is absent.
        public init(
            v1: Bool? = nil,
            v2: Bool? = nil,
            systemd: Bool? = nil,
            systemdUser: Bool? = nil,
            rdma: Bool? = nil
        ) {
            self.v1 = v1
            self.v2 = v2
            self.systemd = systemd
            self.systemdUser = systemdUser
            self.rdma = rdma
        }

        /// Reads the value from an object.
        public init(reading reader: inout JSONReader) throws(JSONError) {
            self.init()
            try reader.readRecord(&self)
        }

        /// Lists the members.
        public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
            try fields.optional("v1", &v1)
            try fields.optional("v2", &v2)
            try fields.optional("systemd", &systemd)
            try fields.optional("systemdUser", &systemdUser)
            try fields.optional("rdma", &rdma)
        }
    }
}
