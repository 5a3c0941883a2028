// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
public import LinuxSystem
public import SystemPackage

/// A mount of overlayfs that is attached nowhere: a stack of read-only layers, and usually a writable one on top.
///
/// Made through the mount API of Linux 5.2 (`fsopen`, `fsconfig`, `fsmount`); the machine's mount table is not touched.
/// The mount goes away with its descriptor, unless `move_mount(2)` attached it before.
public struct OverlayMount: Hashable, Sendable {
    /// The writable part of a mount.
    public struct Writable: Hashable, Sendable {
        /// The directory that takes what is written.
        public var upper: FilePath
        /// An empty directory for overlayfs' own use, on the same file system as ``upper``.
        public var work: FilePath

        /// The writable part of a mount.
        public init(upper: FilePath, work: FilePath) {
            self.upper = upper
            self.work = work
        }
    }

    /// The most layers that are stacked: as many as the kernel takes below a writable one (`OVL_MAX_STACK`).
    public static let maximumLayers = 500

    /// The read-only layers, the topmost first, as ``SnapshotStore/lowerDirectories(for:)`` returns them.
    public var lowers: [FilePath]
    /// Where writes go; `nil` for a read-only mount.
    public var writable: Writable?
    /// Where overlayfs' marks are kept in the layers; default: in `trusted.` attributes.
    public var marks: OverlayMarks
    /// Whether the mount may lose what was written when the machine crashes (`volatile`), which saves flushes.
    public var durability: SnapshotOptions.Durability

    /// Describes a mount; nothing is made yet.
    public init(
        lowers: [FilePath],
        writable: Writable? = nil,
        marks: OverlayMarks = .trusted,
        durability: SnapshotOptions.Durability = .flushed
    ) {
        self.lowers = lowers
        self.writable = writable
        self.marks = marks
        self.durability = durability
    }

    /// Makes the mount.
    ///
    /// - Parameter userNamespace: Shows the owners of the layers' files as this user namespace maps them
    ///   (`/proc/PID/ns/user`), without changing the layers; what is written is stored in the writable layer with the
    ///   owner that it would have in a layer. The namespace has to map the caller, too, who makes overlayfs' own files,
    ///   and ``Writable/upper`` and ``Writable/work`` have to be in one directory. `nil` shows owners as they are.
    /// - Returns: The mount, detached, as `fsmount(2)` returns it.
    /// - Throws: ``LayerUnpackError``: `limit` for no layer or more than ``maximumLayers``, `overlayUnsupported` where
    ///   the kernel has no overlayfs or takes paths of this length only since Linux 6.5, else `systemCall`.
    /// - Note: Needs `CAP_SYS_ADMIN` in the user namespace that owns the mount namespace. Linux 5.2 or later; 6.5 or
    ///   later for layers whose paths together have more than 255 bytes; 6.15 or later, and a file system that can be
    ///   id-mapped, with a user namespace.
    public func make(mappedBy userNamespace: SharedDescriptor? = nil) throws(LayerUnpackError) -> OwnedFileDescriptor {
        guard (1...Self.maximumLayers).contains(lowers.count) else {
            throw LayerUnpackError(
                .limit,
                "mount overlay",
                detail: "\(lowers.count) layers, not 1 to \(Self.maximumLayers)"
            )
        }
        // Overlayfs wants two layers at least; one that is only read needs no overlay.
        if writable == nil && lowers.count == 1 { return try bindReadOnly(lowers[0], userNamespace) }
        let context = try OverlayContext()
        if marks == .user { try context.set(flag: "userxattr") }
        var mapped: [SharedDescriptor] = []
        if let userNamespace {
            for lower in lowers { mapped.append(try context.addLower(lower, mappedBy: userNamespace)) }
        } else {
            try context.addLowers(lowers)
        }
        if let writable {
            if let userNamespace {
                mapped.append(try context.set(writable, mappedBy: userNamespace))
            } else {
                try context.set("upperdir", directory: writable.upper)
                try context.set("workdir", directory: writable.work)
            }
            if durability == .unflushed { try context.set(flag: "volatile") }
        }
        let mount = try context.mount(readOnly: writable == nil)
        extendLifetime(mapped)
        if writable != nil && userNamespace != nil { try checkWritable(mount) }
        return mount
    }

    /// Overlayfs that cannot make its own files mounts all the same, for reading.
    private func checkWritable(_ mount: borrowing OwnedFileDescriptor) throws(LayerUnpackError) {
        let isReadOnly: Bool
        do throws(SystemCallError) { isReadOnly = try mount.isReadOnlyFileSystem } catch {
            throw LayerUnpackError("mount overlay", error)
        }
        if isReadOnly {
            throw LayerUnpackError(
                .overlayUnsupported,
                "mount overlay",
                detail: "it cannot write to its layer: does the user namespace map the caller?"
            )
        }
    }

    private func bindReadOnly(
        _ path: FilePath,
        _ userNamespace: SharedDescriptor?
    ) throws(LayerUnpackError) -> OwnedFileDescriptor {
        do throws(SystemCallError) {
            let flags = UInt32(CLINUX_OPEN_TREE_CLONE | CLINUX_OPEN_TREE_CLOEXEC)
            let mount = OwnedFileDescriptor(
                takingOver: try systemCall("open_tree", path: path) {
                    path.withCString { unsafe clinux_open_tree(CLINUX_AT_FDCWD, $0, flags) }
                }
            )
            let number = mount.rawValue
            try systemCall("mount_setattr", path: path) {
                unsafe clinux_mount_setattr(
                    number,
                    "",
                    UInt32(CLINUX_AT_EMPTY_PATH),
                    UInt64(CLINUX_MOUNT_ATTR_RDONLY),
                    0,
                    UInt64(CLINUX_MS_PRIVATE),
                    0
                )
            }
            if let userNamespace {
                try MountHandle.map(mount, as: userNamespace.descriptor, recursive: false, path: path)
            }
            return mount
        } catch {
            throw LayerUnpackError("mount layer", error)
        }
    }
}
