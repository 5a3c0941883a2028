// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// What a seccomp agent gets together with the notification descriptor.
///
/// Specification: OCI runtime-spec 1.3, config-linux.md, section "The Container Process State".
public struct ContainerProcessState: JSONRecord, Hashable, Sendable {
    /// Version of the specification that the document follows.
    public var ociVersion: String
    /// Names of the descriptors sent along, in their order; `seccompFd` is the notification descriptor.
    public var fds: [String]
    /// Process id as the runtime sees it.
    public var pid: Int
    /// The `listenerMetadata` of the configuration.
    public var metadata: String?
    /// State of the container.
    public var state: ContainerState

    /// Creates the value; what is not given is absent.
    public init(ociVersion: String, fds: [String], pid: Int, metadata: String? = nil, state: ContainerState) {
        self.ociVersion = ociVersion
        self.fds = fds
        self.pid = pid
        self.metadata = metadata
        self.state = state
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        let state = ContainerState(ociVersion: "", id: "", status: .creating, bundle: "")
        self.init(ociVersion: "", fds: [], pid: 0, state: state)
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("ociVersion", &ociVersion)
        try fields.required("fds", &fds)
        try fields.required("pid", &pid)
        try fields.optional("metadata", &metadata)
        try fields.required("state", &state)
    }
}
