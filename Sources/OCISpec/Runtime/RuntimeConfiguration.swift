// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A container's configuration: the content of a bundle's `config.json`.
///
/// Members this library does not know are ignored, as the specification demands. Sections for other platforms are
/// kept and written again. Specification: OCI runtime-spec 1.3, config.md, section "Configuration".
public struct RuntimeConfiguration: JSONRecord, Hashable, Sendable {
    /// Version of the specification that the configuration follows, in SemVer 2.0.0 form, for example `1.3.0`.
    public var ociVersion: String
    /// The process to run. Required by the time the container is started.
    public var process: Process?
    /// The root file system. Required on all platforms but Windows with Hyper-V.
    public var root: Root?
    /// Host name inside the container; needs a UTS namespace.
    public var hostname: String?
    /// NIS domain name inside the container; needs a UTS namespace.
    public var domainname: String?
    /// Mounts besides the root file system, made in this order.
    public var mounts: [Mount]?
    /// Programs to run at points of the life cycle.
    public var hooks: Hooks?
    /// Data for the callers of the runtime.
    public var annotations: [String: String]?
    /// What is specific to Linux.
    public var linux: LinuxConfiguration?
    /// What is specific to Solaris, as it was read.
    public var solaris: JSONValue?
    /// What is specific to Windows, as it was read.
    public var windows: JSONValue?
    /// What is specific to virtual machines, as it was read.
    public var vm: JSONValue?
    /// What is specific to z/OS, as it was read.
    public var zos: JSONValue?
    /// What is specific to FreeBSD, as it was read.
    public var freebsd: JSONValue?

    /// Creates the value; what is not given is absent.
    public init(
        ociVersion: String,
        process: Process? = nil,
        root: Root? = nil,
        hostname: String? = nil,
        domainname: String? = nil,
        mounts: [Mount]? = nil,
        hooks: Hooks? = nil,
        annotations: [String: String]? = nil,
        linux: LinuxConfiguration? = nil,
        solaris: JSONValue? = nil,
        windows: JSONValue? = nil,
        vm: JSONValue? = nil,
        zos: JSONValue? = nil,
        freebsd: JSONValue? = nil
    ) {
        self.ociVersion = ociVersion
        self.process = process
        self.root = root
        self.hostname = hostname
        self.domainname = domainname
        self.mounts = mounts
        self.hooks = hooks
        self.annotations = annotations
        self.linux = linux
        self.solaris = solaris
        self.windows = windows
        self.vm = vm
        self.zos = zos
        self.freebsd = freebsd
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init(ociVersion: "")
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("ociVersion", &ociVersion)
        try fields.optional("process", &process)
        try fields.optional("root", &root)
        try fields.optional("hostname", &hostname)
        try fields.optional("domainname", &domainname)
        try fields.optional("mounts", &mounts)
        try fields.optional("hooks", &hooks)
        try fields.optional("annotations", &annotations)
        try fields.optional("linux", &linux)
        try fields.optional("solaris", &solaris)
        try fields.optional("windows", &windows)
        try fields.optional("vm", &vm)
        try fields.optional("zos", &zos)
        try fields.optional("freebsd", &freebsd)
    }
}
