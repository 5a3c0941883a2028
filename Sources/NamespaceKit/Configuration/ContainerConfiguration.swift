// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import SystemPackage

/// Everything about a container but its control group: namespaces, file systems, and the program.
public struct ContainerConfiguration: Hashable, Sendable {
    /// Where each namespace comes from.
    public var namespaces: NamespaceSet
    /// Users inside a new user namespace.
    public var uidMappings: [IDMapping]
    /// Groups inside a new user namespace.
    public var gidMappings: [IDMapping]
    /// How far the clocks of a new time namespace are from the host's.
    public var clockOffsets: [ClockOffset]
    /// The root file system.
    public var root: RootFileSystem
    /// Whether the roots are swapped with pivot_root(2). Without, the new root lies on top of the old one and is entered
    /// with chroot(2), which whoever has `CAP_SYS_CHROOT` in it can leave: only for where pivoting is impossible, as in
    /// an initramfs.
    public var pivotsRoot: Bool
    /// Whether the root is read-only.
    public var rootIsReadOnly: Bool
    /// How mount events travel between the host's tree and the container's.
    ///
    /// By default the host's events reach what is bind mounted, the root itself stays as it is, and nothing travels to
    /// the host. With `shared`, a bind mount that is `shared` too sends its events to the host, unless the container
    /// has a user namespace of its own.
    public var rootPropagation: MountPropagation?
    /// File systems to attach, in this order.
    public var mounts: [ContainerMount]
    /// The SELinux context of the files of every file system that is made for the container: of ``mounts`` that do not
    /// name one themselves, and of what covers ``maskedPaths``. procfs, sysfs and cgroups have their own.
    public var mountContext: [UInt8]?
    /// Nodes to make, after the mounts.
    public var devices: [DeviceNode]
    /// Symbolic links to make after the mounts: path and text. An existing file stays as it is.
    public var links: [SymbolicLink]
    /// Paths that are covered by an empty file or directory.
    public var maskedPaths: [FilePath]
    /// Paths that become read-only with everything below.
    public var readOnlyPaths: [FilePath]
    /// The host name; needs a UTS namespace of its own.
    public var hostname: [UInt8]?
    /// The NIS domain name; needs a UTS namespace of its own.
    public var domainname: [UInt8]?
    /// Kernel parameters of the namespaces: key with dots or slashes, and value.
    public var sysctls: [KernelParameter]
    /// Devices of the host's network namespace that are moved into the container's.
    public var networkDevices: [NetworkDevice]
    /// Programs to run on the way.
    public var hooks: [LaunchHook]
    /// The name of a new session keyring; `nil` keeps the host's.
    public var sessionKeyring: [UInt8]?
    /// Whether the container dies with the thread that spawned it.
    public var diesWithParent: Bool
    /// The program.
    public var process: ProcessConfiguration

    /// Makes a configuration that shares everything with the host.
    public init(process: ProcessConfiguration) {
        namespaces = NamespaceSet()
        uidMappings = []
        gidMappings = []
        clockOffsets = []
        root = .host
        pivotsRoot = true
        rootIsReadOnly = false
        mounts = []
        devices = []
        links = []
        maskedPaths = []
        readOnlyPaths = []
        sysctls = []
        networkDevices = []
        hooks = []
        diesWithParent = false
        self.process = process
    }
}

/// A symbolic link to make.
public struct SymbolicLink: Hashable, Sendable {
    /// Its path inside the root.
    public var path: FilePath
    /// Its text.
    public var destination: [UInt8]

    /// Makes a description of a link.
    public init(path: FilePath, destination: [UInt8]) {
        self.path = path
        self.destination = destination
    }

    /// The links that every container has in `/dev` (OCI runtime-spec, runtime-linux.md, "Dev symbolic links").
    public static let defaults: [SymbolicLink] = [
        SymbolicLink(path: "/dev/fd", destination: Array("/proc/self/fd".utf8)),
        SymbolicLink(path: "/dev/stdin", destination: Array("/proc/self/fd/0".utf8)),
        SymbolicLink(path: "/dev/stdout", destination: Array("/proc/self/fd/1".utf8)),
        SymbolicLink(path: "/dev/stderr", destination: Array("/proc/self/fd/2".utf8)),
        SymbolicLink(path: "/dev/ptmx", destination: Array("pts/ptmx".utf8)),
    ]
}

/// A kernel parameter to set, below `/proc/sys`.
public struct KernelParameter: Hashable, Sendable {
    /// The key as bytes, with dots or slashes between its parts.
    public var key: [UInt8]
    /// The value as bytes.
    public var value: [UInt8]

    /// Makes a setting.
    public init(key: [UInt8], value: [UInt8]) {
        self.key = key
        self.value = value
    }
}

/// A program that runs inside the container's namespaces before the container's own.
public struct LaunchHook: Hashable, Sendable {
    /// When it runs.
    public enum Point: Hashable, Sendable {
        /// After the mounts, before the root changes: the path is the host's (`createContainer`).
        case beforePivot
        /// After the start was given, before the program: the path is the container's (`startContainer`).
        case beforeProgram
    }

    /// When it runs.
    public var point: Point
    /// What errors call it, for example `createContainer hook #0`.
    public var name: String
    /// The program.
    public var path: FilePath
    /// Its arguments, the name first.
    public var arguments: [[UInt8]]
    /// Exactly what it gets as environment, but for ``inheritsHome``.
    public var environment: [[UInt8]]
    /// Whether it also gets the `HOME` that ``ProcessConfiguration/findsHome`` has found; for hooks before the program.
    public var inheritsHome = false
    /// What it reads from its standard input, up to the number of the container's process as the process sees it.
    public var input: [UInt8]
    /// What it reads after the number; empty when `input` is everything.
    public var inputTail: [UInt8]
    /// After this many seconds it is killed and the launch fails; 0 is no limit.
    public var timeoutSeconds: UInt32

    /// Makes a hook.
    public init(
        point: Point,
        name: String = "hook",
        path: FilePath,
        arguments: [[UInt8]],
        environment: [[UInt8]] = [],
        input: [UInt8] = [],
        inputTail: [UInt8] = [],
        timeoutSeconds: UInt32 = 0
    ) {
        self.point = point
        self.name = name
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.input = input
        self.inputTail = inputTail
        self.timeoutSeconds = timeoutSeconds
    }
}
