// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import LinuxSystem
public import SystemPackage

/// Where a container's root file system comes from.
public enum RootFileSystem: Hashable, Sendable {
    /// The host's own root, shared: for processes that keep the host's mount namespace.
    case host
    /// A directory of the host. It is bind mounted with what is mounted below it.
    case directory(FilePath)
    /// A mount that is attached nowhere, for example an overlay. It goes away with the container's mount namespace.
    case detached(MountTree)
}

/// A detached mount, or tree of mounts, that several values may refer to.
public final class MountTree: Hashable, Sendable {
    /// The mount's descriptor, as `fsmount(2)` or `open_tree(2)` gave it.
    public let descriptor: OwnedFileDescriptor

    /// Takes over a descriptor of a detached mount.
    public init(takingOver descriptor: consuming OwnedFileDescriptor) { self.descriptor = descriptor }

    /// Two are equal when they are one.
    public static func == (lhs: MountTree, rhs: MountTree) -> Bool { lhs === rhs }

    /// Hashes the identity.
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
