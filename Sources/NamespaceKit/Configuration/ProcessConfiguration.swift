// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import SystemPackage

/// The program to run, as whom, and what it may do.
public struct ProcessConfiguration: Hashable, Sendable {
    /// The program and its arguments as bytes. A first one without a slash is looked up in `PATH` of `environment`.
    public var arguments: [[UInt8]]
    /// `NAME=value` entries as bytes; exactly what the program gets, but for ``findsHome``.
    public var environment: [[UInt8]]
    /// Whether `HOME` is added: the home directory that the root's `/etc/passwd` has for the user, else `/`.
    public var findsHome: Bool
    /// Whether its terminal, and standard streams that are pipes, are given to its user, who can open them by name then.
    public var ownsStreams: Bool
    /// The working directory inside the container.
    public var workingDirectory: FilePath
    /// User inside the container.
    public var uid: UInt32
    /// Primary group inside the container.
    public var gid: UInt32
    /// Supplementary groups. The primary group is always among those that the process gets.
    public var additionalGroups: [UInt32]
    /// The file mode creation mask; `nil` is 0022.
    public var umask: UInt32?
    /// The five capability sets.
    public var capabilities: ProcessCapabilities
    /// Whether `execve` may give the process more than it has (prctl(2), `PR_SET_NO_NEW_PRIVS`).
    public var noNewPrivileges: Bool
    /// Limits for the process.
    public var resourceLimits: [ResourceLimit]
    /// The system calls it may make; `nil` is all.
    public var seccomp: SeccompProgram?
    /// How willingly the kernel kills it when memory runs out, -1000...1000; `nil` leaves the host's value.
    public var oomScoreAdjustment: Int?
    /// The execution domain (personality(2)).
    public var personality: UInt64?
    /// How it is scheduled; `nil` leaves it as it is.
    public var scheduling: SchedulingPolicy?
    /// The priority of its input and output; `nil` leaves it as it is.
    public var inputOutputPriority: InputOutputPriority?
    /// Where its memory is taken from; `nil` leaves it as it is.
    public var memoryPolicy: MemoryPolicy?
    /// The processors it may use, from when it is in its control group on.
    public var affinity: ProcessorAffinity
    /// The processors that the launching thread is on while it makes the process; it returns to its own afterwards.
    public var initialAffinity: IndexSet?
    /// The AppArmor profile that it gets with its program; `unconfined` asks for none.
    public var appArmorProfile: [UInt8]?
    /// The SELinux context that it gets with its program, and its session keyring with it.
    public var seLinuxContext: [UInt8]?
    /// A terminal of its own with this many rows and columns (0 leaves the kernel's default), or none.
    public var terminal: TerminalSize?

    /// Makes a configuration: root without capabilities, in `/`.
    public init(arguments: [[UInt8]], environment: [[UInt8]] = [], workingDirectory: FilePath = "/") {
        self.arguments = arguments
        self.environment = environment
        findsHome = false
        ownsStreams = false
        self.workingDirectory = workingDirectory
        uid = 0
        gid = 0
        additionalGroups = []
        capabilities = ProcessCapabilities()
        noNewPrivileges = true
        resourceLimits = []
        affinity = .inherited
    }
}

/// The size of a terminal in characters.
public struct TerminalSize: Hashable, Sendable {
    /// Lines.
    public var rows: UInt16
    /// Characters in a line.
    public var columns: UInt16

    /// Makes a size.
    public init(rows: UInt16 = 0, columns: UInt16 = 0) {
        self.rows = rows
        self.columns = columns
    }
}

/// The capability sets of a process (capabilities(7)).
public struct ProcessCapabilities: Hashable, Sendable {
    /// The limit of what it can gain by executing files.
    public var bounding: CapabilitySet
    /// What it may use now.
    public var effective: CapabilitySet
    /// What it may make effective.
    public var permitted: CapabilitySet
    /// What files with inheritable capabilities may keep.
    public var inheritable: CapabilitySet
    /// What survives executing a file without capabilities.
    public var ambient: CapabilitySet

    /// Makes sets; all are empty unless named.
    public init(
        bounding: CapabilitySet = [],
        effective: CapabilitySet = [],
        permitted: CapabilitySet = [],
        inheritable: CapabilitySet = [],
        ambient: CapabilitySet = []
    ) {
        self.bounding = bounding
        self.effective = effective
        self.permitted = permitted
        self.inheritable = inheritable
        self.ambient = ambient
    }

    /// `set` as bounding, effective and permitted, nothing inheritable: what engines give to root in a container.
    public static func standard(_ set: CapabilitySet) -> ProcessCapabilities {
        ProcessCapabilities(bounding: set, effective: set, permitted: set)
    }
}
