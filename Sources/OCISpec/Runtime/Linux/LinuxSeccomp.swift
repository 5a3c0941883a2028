// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A system call filter.
///
/// Specification: OCI runtime-spec 1.3, config-linux.md, section "Seccomp".
public struct LinuxSeccomp: JSONRecord, Hashable, Sendable {
    /// What happens to system calls without a rule.
    public var defaultAction: Action
    /// Error number for a default action that has one; `nil` means EPERM.
    public var defaultErrnoRet: UInt32?
    /// Architectures besides that of the kernel.
    public var architectures: [Architecture]?
    /// Flags of the filter.
    public var flags: [Flag]?
    /// Socket of the agent that gets notifications.
    public var listenerPath: String?
    /// Data for the agent.
    public var listenerMetadata: String?
    /// Rules.
    public var syscalls: [Rule]?

    /// Creates the value; what is not given is absent.
    public init(
        defaultAction: Action,
        defaultErrnoRet: UInt32? = nil,
        architectures: [Architecture]? = nil,
        flags: [Flag]? = nil,
        listenerPath: String? = nil,
        listenerMetadata: String? = nil,
        syscalls: [Rule]? = nil
    ) {
        self.defaultAction = defaultAction
        self.defaultErrnoRet = defaultErrnoRet
        self.architectures = architectures
        self.flags = flags
        self.listenerPath = listenerPath
        self.listenerMetadata = listenerMetadata
        self.syscalls = syscalls
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init(defaultAction: .kill)
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("defaultAction", &defaultAction)
        try fields.optional("defaultErrnoRet", &defaultErrnoRet)
        try fields.optional("architectures", &architectures)
        try fields.optional("flags", &flags)
        try fields.optional("listenerPath", &listenerPath)
        try fields.optional("listenerMetadata", &listenerMetadata)
        try fields.optional("syscalls", &syscalls)
    }
}
