// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ImageLayout
public import LayerUnpack
public import LinuxSystem
internal import Logging
internal import NamespaceKit
internal import SystemPackage

extension StoredContainer {
    /// The directory that takes what the container writes.
    var upper: FilePath { bundle.appending("upper") }

    /// What the container has changed in its image's files, as `docker diff` lists it.
    ///
    /// What is mounted in the container is not part of it; the files and directories on which docker's default mounts
    /// are made are left out while they are empty.
    ///
    /// - Returns: The changes, by path, the root itself included where it changed.
    /// - Throws: ``ContainerStoreError``: `containerNotFound`, `invalidImage` when the image's layers are not unpacked any
    ///   more, `unsupported` for a container whose root is a copy, `systemCall`.
    /// - Note: Needs root. A running container may change things meanwhile.
    public func changes() throws(ContainerStoreError) -> [TreeChange] {
        try checkHasUpper()
        return try withLayerErrors("look at container \(metadata.name)") { () throws(LayerUnpackError) in
            try TreeChange.inOverlay(
                upper,
                over: try store.snapshots.lowerDirectories(for: metadata.layers),
                mountPoints: ConfigurationBuilder.standardMountPoints
            )
        }
    }

    /// Writes the container's whole root file system as one tar archive, uncompressed, without what is mounted in it.
    ///
    /// The container may run: files that change meanwhile may be half written in the archive.
    ///
    /// - Parameter file: Where the archive goes: a file, pipe or socket.
    /// - Throws: ``ContainerStoreError``: `containerNotFound`, `invalidImage` when the image's layers are not unpacked any
    ///   more or the image has as many layers as can be stacked, `systemCall`. `file` has part of an archive then.
    /// - Note: Needs root.
    public func export(to file: borrowing OwnedFileDescriptor) throws(ContainerStoreError) {
        try checkExists()
        let tree = try mountReadOnly()
        let written = try withLayerErrors("export container \(metadata.name)") { () throws(LayerUnpackError) in
            try LayerWriter(compression: .none).write(tree.descriptor, to: file)
        }
        warn(of: written)
    }

    /// Mounts the container's root to look at, without writing to what it writes to. Attached nowhere.
    func mountReadOnly() throws(ContainerStoreError) -> MountTree {
        if metadata.root == .copy { return try store.mountImage(of: metadata) }
        return try withLayerErrors("mount the root file system") { () throws(LayerUnpackError) in
            // The writable directory as one more layer that is only read: a second mount must not write to it.
            let layers = [upper] + (try store.snapshots.lowerDirectories(for: metadata.layers))
            return MountTree(takingOver: try OverlayMount(lowers: layers).make())
        }
    }

    /// Says what an archive of the container's files lacks.
    func warn(of written: WrittenLayer?) {
        guard let count = written?.skippedSockets, count > 0 else { return }
        store.logger?.warning("sockets left out", metadata: ["container": "\(metadata.name)", "sockets": "\(count)"])
    }

    /// - Throws: ``ContainerStoreError``: `containerNotFound` when it is removed.
    func checkExists() throws(ContainerStoreError) { _ = try open() }

    /// - Throws: ``ContainerStoreError``: `containerNotFound` when it is removed, `unsupported` when what it has written is
    ///   in no directory of its own.
    func checkHasUpper() throws(ContainerStoreError) {
        try checkExists()
        guard metadata.root == .copy else { return }
        throw ContainerStoreError(
            .unsupported,
            "container \(metadata.name): its root is a copy of its image, and what it changed is not known apart",
            hint: "export writes all of its files"
        )
    }
}
