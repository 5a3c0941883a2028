// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension Features {
    /// What a runtime implements on Linux.
    ///
    /// Specification: OCI runtime-spec 1.3, features-linux.md.
    public struct Linux: JSONRecord, Hashable, Sendable {
        /// Names of the namespaces.
        public var namespaces: [String]?
        /// Names of the capabilities.
        public var capabilities: [String]?
        /// Control groups.
        public var cgroup: Cgroup?
        /// System call filters.
        public var seccomp: Seccomp?
        /// AppArmor.
        public var apparmor: Switch?
        /// SELinux.
        public var selinux: Switch?
        /// Resource Director Technology.
        public var intelRdt: IntelRDT?
        /// NUMA memory policy.
        public var memoryPolicy: MemoryPolicy?
        /// Kinds of mount.
        public var mountExtensions: MountExtensions?
        /// Moving network devices.
        public var netDevices: Switch?

        /// Creates the value; what is not given is absent.
        public init(
            namespaces: [String]? = nil,
            capabilities: [String]? = nil,
            cgroup: Cgroup? = nil,
            seccomp: Seccomp? = nil,
            apparmor: Switch? = nil,
            selinux: Switch? = nil,
            intelRdt: IntelRDT? = nil,
            memoryPolicy: MemoryPolicy? = nil,
            mountExtensions: MountExtensions? = nil,
            netDevices: Switch? = nil
        ) {
            self.namespaces = namespaces
            self.capabilities = capabilities
            self.cgroup = cgroup
            self.seccomp = seccomp
            self.apparmor = apparmor
            self.selinux = selinux
            self.intelRdt = intelRdt
            self.memoryPolicy = memoryPolicy
            self.mountExtensions = mountExtensions
            self.netDevices = netDevices
        }

        /// Reads the value from an object.
        public init(reading reader: inout JSONReader) throws(JSONError) {
            self.init()
            try reader.readRecord(&self)
        }

        /// Lists the members.
        public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
            try fields.optional("namespaces", &namespaces)
            try fields.optional("capabilities", &capabilities)
            try fields.optional("cgroup", &cgroup)
            try fields.optional("seccomp", &seccomp)
            try fields.optional("apparmor", &apparmor)
            try fields.optional("selinux", &selinux)
            try fields.optional("intelRdt", &intelRdt)
            try fields.optional("memoryPolicy", &memoryPolicy)
            try fields.optional("mountExtensions", &mountExtensions)
            try fields.optional("netDevices", &netDevices)
        }
    }
}
