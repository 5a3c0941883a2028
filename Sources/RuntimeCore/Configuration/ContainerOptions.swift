// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import LinuxSystem
public import NamespaceKit
public import OCISpec

/// How a container is made from an image: what docker's `run` takes as flags, as plain values.
///
/// The defaults are safe: namespaces of its own, a network with nothing but a loopback interface, docker's default
/// capabilities and seccomp filter, no way to gain privileges by `execve`, no input, output captured.
public struct ContainerOptions: Hashable, Sendable {
    /// The container's name; `nil` makes one up.
    public var name: String?
    /// The platform, where an image is there for several.
    public var platform = Platform.host

    // What runs.

    /// Replaces the image's entry point; an empty list removes it.
    public var entrypoint: [String]?
    /// `NAME=value` entries that are added to the image's, or replace them; a bare `NAME` removes an entry.
    public var environment: [String] = []
    /// Replaces the image's working directory; an absolute path.
    public var workingDirectory: String?
    /// Replaces the image's user: `user`, `uid`, `user:group`, `uid:gid` and mixtures.
    public var user: String?
    /// Further groups, by name in the image or by number.
    public var additionalGroups: [String] = []
    /// A terminal of its own for the process, of this size.
    public var terminal: TerminalSize?
    /// Replaces the signal by which the image wants to be ended, such as `SIGQUIT`.
    public var stopSignal: String?

    // What it sees.

    /// The host name; `nil` is the first twelve digits of the container's id.
    public var hostname: String?
    /// The network.
    public var network = NetworkMode.none
    /// A user namespace of its own; `nil` shares the host's. It cannot share the host's network, process ids or message
    /// queues then, nor join a network.
    public var userMapping: UserMapping?
    /// Whether it shares the host's process ids.
    public var sharesHostProcesses = false
    /// Whether it shares the host's System V and POSIX message queues.
    public var sharesHostIPC = false
    /// Whether the root file system is read-only.
    public var readOnlyRoot = false
    /// File systems and host paths to attach, in this order.
    public var mounts: [ContainerMountRequest] = []
    /// Device nodes of the host to offer.
    public var devices: [DeviceRequest] = []
    /// Size of `/dev/shm` in bytes.
    public var sharedMemorySize: UInt64 = 64 << 20
    /// Kernel parameters of its namespaces.
    public var sysctls: [String: String] = [:]

    // What it may do.

    /// Capabilities beside docker's default ones.
    public var addedCapabilities = CapabilitySet()
    /// Capabilities of docker's default ones that it does not get; applied before ``addedCapabilities``.
    public var droppedCapabilities = CapabilitySet()
    /// Whether `execve` cannot grant privileges.
    public var noNewPrivileges = true
    /// The system call filter.
    public var seccomp = SeccompChoice.standard

    // What it may use.

    /// Limits of the control group.
    public var limits = ContainerLimits()
    /// Limits of the process (setrlimit(2)).
    public var resourceLimits: [RuntimeConfiguration.RLimit] = []
    /// How eagerly the kernel ends it when memory is short, -1000 to 1000.
    public var oomScoreAdjustment: Int?
    /// The control group below which its own is made, an absolute path in the hierarchies.
    public var cgroupParent: String?

    // What is noted.

    /// Labels, beside the image's.
    public var labels: [String: String] = [:]
    /// Annotations of the OCI configuration.
    public var annotations: [String: String] = [:]
    /// What whoever stays with a kept container is to do: start it again, look whether it is well.
    public var supervision: Supervision?
    /// Whether the health check that the image brings along is noted, where ``supervision`` has none.
    public var usesImageHealthCheck = false

    // For containers in a scope only: `withContainer` and `Container.run`.

    /// Where standard input comes from.
    public var input = InputSource.null
    /// Where standard output goes.
    public var output = OutputTarget.capture
    /// Where standard error goes.
    public var errors = OutputTarget.capture
    /// The most bytes of output and of errors that are captured, each; a container that writes more is killed.
    public var captureLimit = 16 << 20
    /// How long it may run; it is killed then, and ``ExitReason/timedOut``.
    public var timeout: Duration?
    /// How much time of processors all its processes together may use; the container is killed within a tenth of a second
    /// of it, and ``ExitReason/processorTimeExceeded``.
    public var processorTime: Duration?

    /// The default options.
    public init() {}
}

/// A container's network.
public enum NetworkMode: Hashable, Sendable {
    /// A loopback interface only.
    case none
    /// The host's.
    case host
    /// That of a file such as `/run/netns/NAME` or `/proc/PID/ns/net`.
    case join(String)
}

/// A container's system call filter.
public enum SeccompChoice: Hashable, Sendable {
    /// Docker's default profile, for the container's capabilities.
    case standard
    /// None.
    case unconfined
    /// This one.
    case profile(LinuxSeccomp)
}

/// Something to attach inside a container.
public enum ContainerMountRequest: Hashable, Sendable {
    /// A file or directory of the host, with what is mounted below it.
    case bind(source: String, destination: String, readOnly: Bool)
    /// An empty file system in memory; options as in `mount(8)`, such as `size=64m` or `mode=1777`.
    case tmpfs(destination: String, options: [String])

    /// Where it is attached.
    public var destination: String {
        switch self {
        case .bind(_, let destination, _), .tmpfs(let destination, _): destination
        }
    }
}

/// A device node of the host to offer in a container.
public struct DeviceRequest: Hashable, Sendable {
    /// The node's path on the host.
    public var source: String
    /// Its path in the container.
    public var destination: String
    /// What is allowed: some of `r`, `w` and `m`.
    public var access: String

    /// Makes a request.
    public init(source: String, destination: String? = nil, access: String = "rwm") {
        self.source = source
        self.destination = destination ?? source
        self.access = access
    }
}

/// Limits of a container's control group; `nil` leaves the kernel's default.
public struct ContainerLimits: Hashable, Sendable {
    /// Memory in bytes.
    public var memory: Int64?
    /// Memory and swap together in bytes, -1 for no limit; `nil` with ``memory`` given is twice that, as docker has it.
    public var memoryAndSwap: Int64?
    /// Memory in bytes that is reclaimed last.
    public var memoryReservation: Int64?
    /// CPUs' worth of time, such as 1.5.
    public var cpus: Double?
    /// Relative weight of CPU time, 2 to 262144; 1024 is normal.
    public var cpuShares: UInt64?
    /// CPUs that may be used, such as `0-2,4`.
    public var cpusetCPUs: String?
    /// Memory nodes that may be used, such as `0`.
    public var cpusetMems: String?
    /// Processes and threads.
    public var pids: Int64?
    /// Relative weight of I/O, 10 to 1000.
    public var ioWeight: UInt16?

    /// No limits.
    public init() {}
}

/// Where a container's standard input comes from.
public enum InputSource: Hashable, Sendable {
    /// It is empty.
    case null
    /// The caller's.
    case inherited
    /// These bytes.
    case bytes([UInt8])
    /// A descriptor.
    case descriptor(OpenStream)
    /// What is written to ``ScopedContainer/input``; only for ``withContainer(_:_:in:configure:_:)``.
    case pipe
}

/// Where a container's output goes.
public enum OutputTarget: Hashable, Sendable {
    /// Into the result of `Container.run`, up to ``ContainerOptions/captureLimit``; in
    /// ``withContainer(_:_:in:configure:_:)`` into ``ScopedContainer/output`` and ``ScopedContainer/errors``.
    case capture
    /// Nowhere.
    case null
    /// To the caller's.
    case inherited
    /// To a descriptor.
    case descriptor(OpenStream)
}

/// An open descriptor as a stream of a container; two are equal when they are one.
public struct OpenStream: Hashable, Sendable {
    /// The descriptor.
    public let shared: SharedDescriptor

    /// A stream for `shared`.
    public init(_ shared: SharedDescriptor) { self.shared = shared }

    /// Two are equal when they are one.
    public static func == (lhs: OpenStream, rhs: OpenStream) -> Bool { lhs.shared === rhs.shared }

    /// Hashes the identity.
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(shared)) }
}
