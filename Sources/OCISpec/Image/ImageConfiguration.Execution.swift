// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension ImageConfiguration {
    /// How to run an image. All of it is wishes of the image, none of it is trusted.
    ///
    /// Specification: OCI image-spec 1.1, config.md, section "Properties".
    public struct Execution: JSONRecord, Hashable, Sendable {
        /// User and group: `user`, `uid`, `user:group`, `uid:gid` and mixtures.
        public var user: String?
        /// Ports to publish, for example `80/tcp`.
        public var exposedPorts: Set<String>?
        /// Environment, each entry in the form `NAME=value`.
        public var env: [String]?
        /// Program and first arguments.
        public var entrypoint: [String]?
        /// Further arguments, or without `entrypoint` program and arguments.
        public var cmd: [String]?
        /// Directories for data that outlives the container.
        public var volumes: Set<String>?
        /// Working directory.
        public var workingDir: String?
        /// Data about the container.
        public var labels: [String: String]?
        /// Signal that ends the container, for example `SIGTERM` or `15`.
        public var stopSignal: String?
        /// Deprecated. Whether the arguments are escaped for Windows.
        public var argsEscaped: Bool?
        /// Members that this library does not know; they are written again after the known ones.
        public var otherFields: JSONObject

        /// Creates the value; what is not given is absent.
        public init(
            user: String? = nil,
            exposedPorts: Set<String>? = nil,
            env: [String]? = nil,
            entrypoint: [String]? = nil,
            cmd: [String]? = nil,
            volumes: Set<String>? = nil,
            workingDir: String? = nil,
            labels: [String: String]? = nil,
            stopSignal: String? = nil,
            argsEscaped: Bool? = nil,
            otherFields: JSONObject = JSONObject()
        ) {
            self.user = user
            self.exposedPorts = exposedPorts
            self.env = env
            self.entrypoint = entrypoint
            self.cmd = cmd
            self.volumes = volumes
            self.workingDir = workingDir
            self.labels = labels
            self.stopSignal = stopSignal
            self.argsEscaped = argsEscaped
            self.otherFields = otherFields
        }

        /// Reads the value from an object.
        public init(reading reader: inout JSONReader) throws(JSONError) {
            self.init()
            try reader.readRecord(&self, keys: .exactCase)
        }

        /// Lists the members.
        public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
            try fields.optional("User", &user)
            try fields.optional("ExposedPorts", &exposedPorts)
            try fields.optional("Env", &env)
            try fields.optional("Entrypoint", &entrypoint)
            try fields.optional("Cmd", &cmd)
            try fields.optional("Volumes", &volumes)
            try fields.optional("WorkingDir", &workingDir)
            try fields.optional("Labels", &labels)
            try fields.optional("StopSignal", &stopSignal)
            try fields.optional("ArgsEscaped", &argsEscaped)
            try fields.others(&otherFields)
        }
    }
}
