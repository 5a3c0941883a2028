// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension RuntimeConfiguration {
    /// Programs to run at points of the life cycle, each list in order.
    ///
    /// Specification: OCI runtime-spec 1.3, config.md, section "POSIX-platform Hooks".
    public struct Hooks: JSONRecord, Hashable, Sendable {
        /// Deprecated. After create, before start, in the runtime namespace.
        public var prestart: [Hook]?
        /// During create, after the namespaces exist, in the runtime namespace.
        public var createRuntime: [Hook]?
        /// During create, before the root is switched, in the container namespace.
        public var createContainer: [Hook]?
        /// During start, before the process runs, in the container namespace.
        public var startContainer: [Hook]?
        /// After the process was started, in the runtime namespace.
        public var poststart: [Hook]?
        /// After the container was deleted, in the runtime namespace.
        public var poststop: [Hook]?

        /// Creates the value; what is not given is absent.
        public init(
            prestart: [Hook]? = nil,
            createRuntime: [Hook]? = nil,
            createContainer: [Hook]? = nil,
            startContainer: [Hook]? = nil,
            poststart: [Hook]? = nil,
            poststop: [Hook]? = nil
        ) {
            self.prestart = prestart
            self.createRuntime = createRuntime
            self.createContainer = createContainer
            self.startContainer = startContainer
            self.poststart = poststart
            self.poststop = poststop
        }

        /// Reads the value from an object.
        public init(reading reader: inout JSONReader) throws(JSONError) {
            self.init()
            try reader.readRecord(&self)
        }

        /// Lists the members.
        public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
            try fields.optional("prestart", &prestart)
            try fields.optional("createRuntime", &createRuntime)
            try fields.optional("createContainer", &createContainer)
            try fields.optional("startContainer", &startContainer)
            try fields.optional("poststart", &poststart)
            try fields.optional("poststop", &poststop)
        }
    }
}
