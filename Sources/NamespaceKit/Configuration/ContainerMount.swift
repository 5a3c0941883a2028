// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import SystemPackage

/// A file system to attach inside a container, in the order of the list it stands in.
public struct ContainerMount: Hashable, Sendable {
    /// What is attached.
    public enum Source: Hashable, Sendable {
        /// A file or directory of the host; `recursive` brings along what is mounted below it.
        case bind(FilePath, recursive: Bool)
        /// A new file system of this type, with options `key=value` or `flag` as the file system knows them.
        case fileSystem(type: String, options: [[UInt8]])
        /// The container's own view of its cgroups, on whichever layout the host has.
        case cgroup
        /// A mount that is attached nowhere yet.
        case detached(MountTree)
        /// Changes attributes of what is mounted at the destination already, and with options the file system itself,
        /// wherever else it is mounted (fspick(2)).
        case remount(options: [[UInt8]])
    }

    /// What is attached.
    public var source: Source
    /// Where, as a path inside the root. Missing directories are made; symbolic links are followed inside the root.
    public var destination: FilePath
    /// Attributes to set (mount_setattr(2)).
    public var set: MountFlags
    /// Attributes to clear.
    public var clear: MountFlags
    /// Attributes to set on the mount and everything below it.
    public var recursiveSet: MountFlags
    /// Attributes to clear on the mount and everything below it.
    public var recursiveClear: MountFlags
    /// How mounts and unmounts travel between this mount and its peers; `nil` leaves what the kernel gives.
    public var propagation: MountPropagation?
    /// How the owners of files are shown; for sources of the kind `bind`. Needs `CAP_SYS_ADMIN` in the user namespace of
    /// the file system.
    public var mapping: MountIDMapping?
    /// Whether a new file system starts with a copy of what it hides (`tmpcopyup`); it must be one that can be written.
    public var copiesContent: Bool

    /// Makes a mount.
    public init(
        _ source: Source,
        at destination: FilePath,
        set: MountFlags = [],
        clear: MountFlags = [],
        recursiveSet: MountFlags = [],
        recursiveClear: MountFlags = [],
        propagation: MountPropagation? = nil,
        mapping: MountIDMapping? = nil,
        copiesContent: Bool = false
    ) {
        self.source = source
        self.destination = destination
        self.set = set
        self.clear = clear
        self.recursiveSet = recursiveSet
        self.recursiveClear = recursiveClear
        self.propagation = propagation
        self.mapping = mapping
        self.copiesContent = copiesContent
    }

    /// A bind mount of a host path, with what is mounted below it.
    public static func bind(_ path: FilePath, at destination: FilePath, readOnly: Bool = false) -> ContainerMount {
        ContainerMount(
            .bind(path, recursive: true),
            at: destination,
            recursiveSet: readOnly ? .readOnly : []
        )
    }

    /// A new, empty file system in memory.
    ///
    /// - Parameters:
    ///   - destination: Where, as a path inside the root.
    ///   - size: The most it may hold, in bytes; `nil` is the kernel's default, half of the memory.
    ///   - mode: Permissions of its root directory.
    /// - Returns: The mount, without set-user-ID programs and device nodes.
    public static func tmpfs(at destination: FilePath, size: UInt64? = nil, mode: UInt32 = 0o755) -> ContainerMount {
        var options = ["mode=\(String(mode, radix: 8))"]
        if let size { options.append("size=\(size)") }
        return ContainerMount(
            .fileSystem(type: "tmpfs", options: options.map { Array($0.utf8) }),
            at: destination,
            set: [.noSetuid, .noDevices]
        )
    }
}

/// Attributes of a mount (mount_setattr(2)).
public struct MountFlags: OptionSet, Hashable, Sendable {
    /// The kernel's `MOUNT_ATTR_*` bits.
    public let rawValue: UInt64

    /// Makes a set of the kernel's bits.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Nothing can be written (`ro`).
    public static let readOnly = MountFlags(rawValue: 0x1)
    /// Setuid and setgid bits and file capabilities have no effect (`nosuid`).
    public static let noSetuid = MountFlags(rawValue: 0x2)
    /// Device nodes have no effect (`nodev`).
    public static let noDevices = MountFlags(rawValue: 0x4)
    /// Nothing can be executed (`noexec`).
    public static let noExecution = MountFlags(rawValue: 0x8)
    /// Access times are not kept (`noatime`).
    public static let noAccessTimes = MountFlags(rawValue: 0x10)
    /// Access times are always kept (`strictatime`).
    public static let strictAccessTimes = MountFlags(rawValue: 0x20)
    /// Access times of directories are not kept (`nodiratime`).
    public static let noDirectoryAccessTimes = MountFlags(rawValue: 0x80)
    /// Symbolic links are not followed (`nosymfollow`, Linux 5.10).
    public static let noSymlinkFollowing = MountFlags(rawValue: 0x20_0000)
    /// All bits that choose how access times are kept; to be cleared when one of them is set.
    public static let accessTimeMask = MountFlags(rawValue: 0x70)
}

/// How mount events travel between a mount and its peers (mount_namespaces(7)).
public struct MountPropagation: Hashable, Sendable {
    /// The kinds of propagation.
    public enum Kind: String, Hashable, Sendable {
        case shared, slave, `private`, unbindable
    }

    /// The kind.
    public var kind: Kind
    /// Whether it holds for everything below the mount too.
    public var recursive: Bool

    /// Makes a propagation.
    public init(_ kind: Kind, recursive: Bool = false) {
        self.kind = kind
        self.recursive = recursive
    }

    var flag: UInt64 {
        switch kind {
        case .unbindable: 1 << 17
        case .private: 1 << 18
        case .slave: 1 << 19
        case .shared: 1 << 20
        }
    }
}
