// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LayerUnpack
internal import LinuxSystem
internal import Logging
internal import NamespaceKit
internal import OCISpec
internal import SystemPackage

extension ContainerStore {
    /// What a view of an image is, attached nowhere.
    struct View {
        let mount: MountTree
        /// The layers' copy that is mounted, where overlayfs could not be.
        let copy: FilePath?
    }

    /// Makes and mounts the root file system of a new container, and notes in `metadata` what it is.
    func makeRoot(of metadata: inout ContainerMetadata) throws(ContainerStoreError) -> MountTree {
        let overlay = metadata
        if let mount = try withoutCopy({ () throws(ContainerStoreError) in try self.mountNewRoot(of: overlay) }) {
            return mount
        }
        try copy(metadata.layers, to: directory(of: metadata).appending("rootfs"))
        metadata.root = .copy
        return try mountRoot(of: metadata)
    }

    /// Mounts the root file system of a container that has no file yet.
    private func mountNewRoot(of metadata: ContainerMetadata) throws(ContainerStoreError) -> MountTree {
        let lowers = try lowerDirectories(for: metadata.layers)
        let writable = writable(in: directory(of: metadata))
        if let top = lowers.first { try match(writable.upper, with: top) }
        return try mount(lowers, writable, mappedBy: try mountNamespace(of: metadata))
    }

    /// Gives a new container's own directory mode and owner of the image's root, which it hides in the overlay.
    private func match(_ directory: FilePath, with top: FilePath) throws(ContainerStoreError) {
        try about("prepare the root file system") { () throws(SystemCallError) in
            let image = try RootDirectory(at: top).descriptor.status()
            let upper = try RootDirectory(at: directory)
            let number = upper.descriptor.rawValue
            let own = try upper.descriptor.status()
            if own.uid != image.uid || own.gid != image.gid {
                try systemCall("fchown", path: directory) { clinux_fchown(number, image.uid, image.gid) }
            }
            // What it was made with depends on the umask, too.
            if own.permissions != image.permissions {
                try systemCall("fchmod", path: directory) { clinux_fchmod(number, image.permissions) }
            }
        }
    }

    /// Mounts a container's root file system: its image's layers, and what it writes on top. Attached nowhere.
    ///
    /// - Parameters:
    ///   - metadata: The container.
    ///   - isMapped: Whether owners are those of its user namespace, as its processes need it, or those of the image.
    /// - Returns: The mount.
    /// - Throws: ``ContainerStoreError``.
    func mountRoot(of metadata: ContainerMetadata, isMapped: Bool = true) throws(ContainerStoreError) -> MountTree {
        let directory = directory(of: metadata)
        let namespace = isMapped ? try mountNamespace(of: metadata) : nil
        if metadata.root == .copy {
            return try mountCopy(directory.appending("rootfs"), attributes: 0, mappedBy: namespace)
        }
        return try mount(lowerDirectories(for: metadata.layers), writable(in: directory), mappedBy: namespace)
    }

    /// The user namespace by which a container's files are mapped; `nil` for one without.
    private func mountNamespace(of metadata: ContainerMetadata) throws(ContainerStoreError) -> SharedDescriptor? {
        guard let mapping = UserMapping(uid: metadata.uidMappings, gid: metadata.gidMappings)?.withCaller else {
            return nil
        }
        do throws(NamespaceError) {
            return SharedDescriptor(
                try MappingNamespace.make(PreparedLaunch.Mappings(uid: mapping.uid, gid: mapping.gid))
            )
        } catch {
            throw ContainerStoreError(.launchFailed, "map the container's files: \(error)")
        }
    }

    private func writable(in directory: FilePath) -> OverlayMount.Writable {
        OverlayMount.Writable(upper: directory.appending("upper"), work: directory.appending("work"))
    }

    /// Mounts the image of a container to look at, or the container's copy of it. Attached nowhere.
    func mountImage(of metadata: ContainerMetadata) throws(ContainerStoreError) -> MountTree {
        guard metadata.root == .copy else { return try mount(lowerDirectories(for: metadata.layers), nil) }
        return try mountCopy(directory(of: metadata).appending("rootfs"), attributes: UInt64(CLINUX_MOUNT_ATTR_RDONLY))
    }

    /// Mounts an image's layers, given by their diffIDs, to look at. Attached nowhere.
    ///
    /// If overlayfs cannot be mounted, a copy is made at `place`, and what was there is removed.
    func view(_ layers: [Digest], copyAt place: FilePath) throws(ContainerStoreError) -> View {
        if let mount = try withoutCopy({ () throws(ContainerStoreError) in
            try self.mount(self.lowerDirectories(for: layers), nil)
        }) {
            return View(mount: mount, copy: nil)
        }
        try about("remove an old copy") { () throws(SystemCallError) in
            let top = try RootDirectory(at: path)
            let relative = FilePath(root: nil, place.components.dropFirst(path.components.count))
            try top.makeDirectories(relative.removingLastComponent(), mode: 0o700)
            try top.removeTree(relative)
        }
        try copy(layers, to: place)
        return View(mount: try mountCopy(place, attributes: UInt64(CLINUX_MOUNT_ATTR_RDONLY)), copy: place)
    }

    /// What `mount` makes with overlayfs; `nil` where a copy is to be made instead.
    private func withoutCopy(
        _ mount: () throws(ContainerStoreError) -> MountTree
    ) throws(ContainerStoreError) -> MountTree? {
        if roots == .copy { return nil }
        do throws(ContainerStoreError) { return try mount() } catch {
            guard roots == .automatic, case .layer(let cause) = error.cause, cause.saysOverlayIsMissing else {
                throw error
            }
            logger?.warning("no overlayfs here: the image's files are copied", metadata: ["error": "\(cause)"])
            return nil
        }
    }

    private func copy(_ layers: [Digest], to directory: FilePath) throws(ContainerStoreError) {
        try withLayerErrors("copy the root file system") { () throws(LayerUnpackError) in
            _ = try StackCopy(lowers: snapshots.lowerDirectories(for: layers)).make(in: directory)
        }
    }

    private func mountCopy(
        _ directory: FilePath,
        attributes: UInt64,
        mappedBy namespace: SharedDescriptor? = nil
    ) throws(ContainerStoreError) -> MountTree {
        try about("mount the root file system") { () throws(SystemCallError) in
            let tree = try MountHandle.clone(directory, recursive: false, propagation: UInt64(CLINUX_MS_PRIVATE))
            let number = tree.rawValue
            try systemCall("mount_setattr", path: directory) {
                unsafe clinux_mount_setattr(number, "", UInt32(CLINUX_AT_EMPTY_PATH), attributes, 0, 0, 0)
            }
            if let namespace {
                try MountHandle.map(tree, as: namespace.descriptor, recursive: false, path: directory)
            }
            return MountTree(takingOver: tree)
        }
    }

    private func lowerDirectories(for layers: [Digest]) throws(ContainerStoreError) -> [FilePath] {
        try withLayerErrors("mount the root file system") { () throws(LayerUnpackError) in
            try snapshots.lowerDirectories(for: layers)
        }
    }

    private func mount(
        _ lowers: [FilePath],
        _ writable: OverlayMount.Writable?,
        mappedBy namespace: SharedDescriptor? = nil
    ) throws(ContainerStoreError) -> MountTree {
        MountTree(
            takingOver: try withLayerErrors("mount the root file system") { () throws(LayerUnpackError) in
                try OverlayMount(lowers: lowers, writable: writable).make(mappedBy: namespace)
            }
        )
    }

    private func directory(of metadata: ContainerMetadata) -> FilePath {
        path.appending("containers").appending(metadata.id)
    }
}
