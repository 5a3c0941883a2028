// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// What of a configuration is specific to Linux.
///
/// Specification: OCI runtime-spec 1.3, config-linux.md, section "Linux Container Configuration".
public struct LinuxConfiguration: JSONRecord, Hashable, Sendable {
    /// User ids of a new user namespace.
    public var uidMappings: [LinuxIDMapping]?
    /// Group ids of a new user namespace.
    public var gidMappings: [LinuxIDMapping]?
    /// Kernel parameters to set inside the container.
    public var sysctl: [String: String]?
    /// Limits of the control group.
    public var resources: LinuxResources?
    /// Path of the control group below the mount point; with systemd `slice:prefix:name`.
    public var cgroupsPath: String?
    /// Namespaces to create or join; what is not listed is shared with the runtime.
    public var namespaces: [LinuxNamespace]?
    /// Device nodes besides the default ones.
    public var devices: [LinuxDevice]?
    /// Network devices to move into the container, by their names on the host.
    public var netDevices: [String: LinuxNetDevice]?
    /// System call filter.
    public var seccomp: LinuxSeccomp?
    /// Propagation of the root file system's mount.
    public var rootfsPropagation: Propagation?
    /// Paths inside the container that cannot be read.
    public var maskedPaths: [String]?
    /// Paths inside the container that are read-only.
    public var readonlyPaths: [String]?
    /// SELinux context of the mounts.
    public var mountLabel: String?
    /// Resource Director Technology.
    public var intelRdt: LinuxIntelRDT?
    /// NUMA memory policy.
    public var memoryPolicy: LinuxMemoryPolicy?
    /// Execution domain.
    public var personality: LinuxPersonality?
    /// Clocks of a new time namespace.
    public var timeOffsets: LinuxTimeOffsets?

    /// Creates the value; what is not given is absent.
    public init(
        uidMappings: [LinuxIDMapping]? = nil,
        gidMappings: [LinuxIDMapping]? = nil,
        sysctl: [String: String]? = nil,
        resources: LinuxResources? = nil,
        cgroupsPath: String? = nil,
        namespaces: [LinuxNamespace]? = nil,
        devices: [LinuxDevice]? = nil,
        netDevices: [String: LinuxNetDevice]? = nil,
        seccomp: LinuxSeccomp? = nil,
        rootfsPropagation: Propagation? = nil,
        maskedPaths: [String]? = nil,
        readonlyPaths: [String]? = nil,
        mountLabel: String? = nil,
        intelRdt: LinuxIntelRDT? = nil,
        memoryPolicy: LinuxMemoryPolicy? = nil,
        personality: LinuxPersonality? = nil,
        timeOffsets: LinuxTimeOffsets? = nil
    ) {
        self.uidMappings = uidMappings
        self.gidMappings = gidMappings
        self.sysctl = sysctl
        self.resources = resources
        self.cgroupsPath = cgroupsPath
        self.namespaces = namespaces
        self.devices = devices
        self.netDevices = netDevices
        self.seccomp = seccomp
        self.rootfsPropagation = rootfsPropagation
        self.maskedPaths = maskedPaths
        self.readonlyPaths = readonlyPaths
        self.mountLabel = mountLabel
        self.intelRdt = intelRdt
        self.memoryPolicy = memoryPolicy
        self.personality = personality
        self.timeOffsets = timeOffsets
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.optional("uidMappings", &uidMappings)
        try fields.optional("gidMappings", &gidMappings)
        try fields.optional("sysctl", &sysctl)
        try fields.optional("resources", &resources)
        try fields.optional("cgroupsPath", &cgroupsPath)
        try fields.optional("namespaces", &namespaces)
        try fields.optional("devices", &devices)
        try fields.optional("netDevices", &netDevices)
        try fields.optional("seccomp", &seccomp)
        try fields.optional("rootfsPropagation", &rootfsPropagation)
        try fields.optional("maskedPaths", &maskedPaths)
        try fields.optional("readonlyPaths", &readonlyPaths)
        try fields.optional("mountLabel", &mountLabel)
        try fields.optional("intelRdt", &intelRdt)
        try fields.optional("memoryPolicy", &memoryPolicy)
        try fields.optional("personality", &personality)
        try fields.optional("timeOffsets", &timeOffsets)
    }
}
