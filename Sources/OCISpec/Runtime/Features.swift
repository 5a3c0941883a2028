// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// What a runtime implements, whatever the host supports; `nil` means unknown.
///
/// Specification: OCI runtime-spec 1.3, features.md.
public struct Features: JSONRecord, Hashable, Sendable {
    /// Lowest version of the specification that the runtime takes.
    public var ociVersionMin: String
    /// Highest version of the specification that the runtime takes.
    public var ociVersionMax: String
    /// Names of the hooks.
    public var hooks: [String]?
    /// Names of the mount options, without those of file systems.
    public var mountOptions: [String]?
    /// What is specific to Linux.
    public var linux: Linux?
    /// Data of the implementation, such as its version.
    public var annotations: [String: String]?
    /// Annotations of a configuration that change what the runtime does; a trailing `.` makes it a prefix.
    public var potentiallyUnsafeConfigAnnotations: [String]?

    /// Creates the value; what is not given is absent.
    public init(
        ociVersionMin: String,
        ociVersionMax: String,
        hooks: [String]? = nil,
        mountOptions: [String]? = nil,
        linux: Linux? = nil,
        annotations: [String: String]? = nil,
        potentiallyUnsafeConfigAnnotations: [String]? = nil
    ) {
        self.ociVersionMin = ociVersionMin
        self.ociVersionMax = ociVersionMax
        self.hooks = hooks
        self.mountOptions = mountOptions
        self.linux = linux
        self.annotations = annotations
        self.potentiallyUnsafeConfigAnnotations = potentiallyUnsafeConfigAnnotations
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init(ociVersionMin: "", ociVersionMax: "")
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("ociVersionMin", &ociVersionMin)
        try fields.required("ociVersionMax", &ociVersionMax)
        try fields.optional("hooks", &hooks)
        try fields.optional("mountOptions", &mountOptions)
        try fields.optional("linux", &linux)
        try fields.optional("annotations", &annotations)
        try fields.optional("potentiallyUnsafeConfigAnnotations", &potentiallyUnsafeConfigAnnotations)
    }
}
