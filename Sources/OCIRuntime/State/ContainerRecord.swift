// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// What is known of a container: the OCI state, and what runc's `state` and `list` add to it.
public struct ContainerRecord: JSONRecord, Hashable, Sendable {
    /// How far a container is in its life; `paused` is an addition of runc's.
    public enum Status: String, JSONRepresentable, Codable, CaseIterable, Hashable, Sendable {
        /// It is being created.
        case creating
        /// It is set up and its process waits for the start.
        case created
        /// Its process runs.
        case running
        /// Its processes are frozen.
        case paused
        /// Its process has ended.
        case stopped
    }

    /// The specification's version.
    public var ociVersion: String
    /// The container's id.
    public var id: String
    /// The process's number on the host; 0 when the container is stopped.
    public var pid: Int
    /// How far it is.
    public var status: Status
    /// The bundle's absolute path.
    public var bundle: String
    /// The root file system's absolute path; empty when it has none on the host.
    public var rootfs: String
    /// When it was created: RFC 3339 with nanoseconds, UTC.
    public var created: String
    /// Name of the user who created it, if known.
    public var owner: String
    /// The configuration's annotations.
    public var annotations: [String: String]?

    /// Makes a record.
    public init(
        ociVersion: String,
        id: String,
        pid: Int,
        status: Status,
        bundle: String,
        rootfs: String,
        created: String,
        owner: String,
        annotations: [String: String]? = nil
    ) {
        self.ociVersion = ociVersion
        self.id = id
        self.pid = pid
        self.status = status
        self.bundle = bundle
        self.rootfs = rootfs
        self.created = created
        self.owner = owner
        self.annotations = annotations
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init(
            ociVersion: "",
            id: "",
            pid: 0,
            status: .stopped,
            bundle: "",
            rootfs: "",
            created: "",
            owner: ""
        )
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("ociVersion", &ociVersion)
        try fields.required("id", &id)
        try fields.required("pid", &pid)
        try fields.required("status", &status)
        try fields.required("bundle", &bundle)
        try fields.required("rootfs", &rootfs)
        try fields.required("created", &created)
        try fields.optional("annotations", &annotations)
        try fields.required("owner", &owner)
    }
}
