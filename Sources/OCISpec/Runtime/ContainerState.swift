// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The state of a container, as `state` prints it and as hooks get it on standard input.
///
/// Specification: OCI runtime-spec 1.3, runtime.md, section "State".
public struct ContainerState: JSONRecord, Hashable, Sendable {
    /// Version of the specification that the document follows.
    public var ociVersion: String
    /// The container's id.
    public var id: String
    /// How far the container is in its life.
    public var status: Status
    /// Process id on the host; required while created or running.
    public var pid: Int?
    /// Absolute path of the bundle.
    public var bundle: String
    /// The configuration's annotations.
    public var annotations: [String: String]?

    /// Creates the value; what is not given is absent.
    public init(
        ociVersion: String,
        id: String,
        status: Status,
        pid: Int? = nil,
        bundle: String,
        annotations: [String: String]? = nil
    ) {
        self.ociVersion = ociVersion
        self.id = id
        self.status = status
        self.pid = pid
        self.bundle = bundle
        self.annotations = annotations
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init(ociVersion: "", id: "", status: .creating, bundle: "")
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("ociVersion", &ociVersion)
        try fields.required("id", &id)
        try fields.required("status", &status)
        try fields.optional("pid", &pid)
        try fields.required("bundle", &bundle)
        try fields.optional("annotations", &annotations)
    }
}
