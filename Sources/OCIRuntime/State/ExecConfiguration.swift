// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec

/// The part of a container's stored configuration that a process added to it goes by.
///
/// The rest has been checked and applied when the container was made: its mounts, devices, hooks and limits are passed
/// over in reading, neither kept nor checked again.
struct ExecConfiguration: JSONRecord, Hashable, Sendable {
    /// The version of the specification.
    var ociVersion: String
    /// The container's first process.
    var process: RuntimeConfiguration.Process?
    /// The root, which tells whether the container has one of its own.
    var root: RuntimeConfiguration.Root?
    /// What is specific to Linux.
    var linux: Linux?

    /// Namespaces and what confines processes.
    struct Linux: JSONRecord, Hashable, Sendable {
        /// User ids of the user namespace.
        var uidMappings: [LinuxIDMapping]?
        /// Group ids of the user namespace.
        var gidMappings: [LinuxIDMapping]?
        /// The namespaces to enter.
        var namespaces: [LinuxNamespace]?
        /// System call filter.
        var seccomp: LinuxSeccomp?
        /// NUMA memory policy.
        var memoryPolicy: LinuxMemoryPolicy?
        /// Execution domain.
        var personality: LinuxPersonality?

        init(reading reader: inout JSONReader) throws(JSONError) { try reader.readRecord(&self) }

        mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
            try fields.optional("uidMappings", &uidMappings)
            try fields.optional("gidMappings", &gidMappings)
            try fields.optional("namespaces", &namespaces)
            try fields.optional("seccomp", &seccomp)
            try fields.optional("memoryPolicy", &memoryPolicy)
            try fields.optional("personality", &personality)
        }
    }

    init(reading reader: inout JSONReader) throws(JSONError) {
        ociVersion = ""
        try reader.readRecord(&self)
    }

    mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("ociVersion", &ociVersion)
        try fields.optional("process", &process)
        try fields.optional("root", &root)
        try fields.optional("linux", &linux)
    }

    /// A configuration with `process` as its process and nothing beside what is here.
    func configuration(running process: RuntimeConfiguration.Process) -> RuntimeConfiguration {
        RuntimeConfiguration(
            ociVersion: ociVersion,
            process: process,
            root: root,
            linux: linux.map {
                LinuxConfiguration(
                    uidMappings: $0.uidMappings,
                    gidMappings: $0.gidMappings,
                    namespaces: $0.namespaces,
                    seccomp: $0.seccomp,
                    memoryPolicy: $0.memoryPolicy,
                    personality: $0.personality
                )
            }
        )
    }
}
