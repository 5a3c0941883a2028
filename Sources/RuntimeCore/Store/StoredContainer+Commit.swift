// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
public import ImageLayout
internal import LayerUnpack
internal import LinuxSystem
internal import OCIRuntime
public import OCISpec
internal import SystemPackage

extension StoredContainer {
    /// How an image made of the container would run: as its image says, with the command, variables, user, working
    /// directory, labels and signal that the container was made with.
    ///
    /// - Returns: The image's wishes, as the container changed them.
    /// - Throws: ``ContainerStoreError``: `imageNotFound`, `invalidImage`, `systemCall`, all for a container that notes
    ///   nothing of it, so that its image has to be read.
    public func execution() throws(ContainerStoreError) -> ImageConfiguration.Execution {
        if let execution = metadata.execution { return execution }
        return try image().configuration.config ?? ImageConfiguration.Execution()
    }

    /// Makes an image of the container: its image, and what the container has written as one more layer.
    ///
    /// What is mounted in the container is not part of it; the files and directories on which docker's default mounts
    /// are made are left out while they are empty.
    ///
    /// - Parameters:
    ///   - options: What the image tells of itself, and whether a running container is paused meanwhile.
    ///   - reference: The image's name, which no other image keeps.
    /// - Returns: The image.
    /// - Throws: ``ContainerStoreError``: `imageNotFound` when the container's image is not in the store any more,
    ///   `invalidImage` for what a layer cannot hold or when the image would have too many layers, `unsupported` for a
    ///   container whose root is a copy, `systemCall`. There is no new image then, and the old name is where it was; a
    ///   container that was paused goes on, unless that is what failed.
    /// - Note: Needs root. If the calling process dies meanwhile, the container stays paused.
    @discardableResult
    public func commit(
        _ options: CommitOptions = CommitOptions(),
        as reference: Reference? = nil
    ) throws(ContainerStoreError) -> ResolvedImage {
        let lease = try withImageErrors { () throws(ImageLayoutError) in try store.images.lease() }
        try checkHasUpper()
        let base = try image()
        let wishes: ImageConfiguration.Execution
        if let chosen = options.execution { wishes = chosen } else { wishes = try execution() }
        let derivation = ImageDerivation(
            created: options.created ?? WallClock.now,
            createdBy: metadata.command.joined(separator: " "),
            author: options.author,
            comment: options.comment,
            execution: wishes
        )
        let archive = try writeLayer(options)
        let committed = try withImageErrors { () throws(ImageLayoutError) in
            let layer = try store.images.addLayer(from: archive, name: "container \(metadata.name)")
            return try store.images.addImage(basedOn: base, adding: layer, derivation, as: reference)
        }
        extendLifetime(lease)
        return committed
    }

    /// The image that the container was made from.
    private func image() throws(ContainerStoreError) -> ResolvedImage {
        try withImageErrors { () throws(ImageLayoutError) in
            if let manifest = metadata.manifest { return try store.images.resolve(manifest: manifest) }
            return try store.images.resolve(id: metadata.imageID)
        }
    }

    /// Writes what the container has written as a layer, to a file without a name.
    private func writeLayer(_ options: CommitOptions) throws(ContainerStoreError) -> OwnedFileDescriptor {
        let archive = try temporaryFile()
        var written: WrittenLayer?
        try whileReadable(options.running) { () throws(ContainerStoreError) in
            try withLayerErrors("read container \(metadata.name)") { () throws(LayerUnpackError) in
                written = try options.layer.writeOverlay(
                    upper,
                    mountPoints: ConfigurationBuilder.standardMountPoints,
                    to: archive
                )
            }
        }
        warn(of: written)
        let number = archive.rawValue
        _ = try about("read container \(metadata.name)") { () throws(SystemCallError) in
            try systemCall("lseek") { clinux_lseek(number, 0, CLINUX_SEEK_SET) }
        }
        return archive
    }

    func temporaryFile() throws(ContainerStoreError) -> OwnedFileDescriptor {
        try about("make a file for the layer") { () throws(SystemCallError) in
            try OwnedFileDescriptor.open(store.path, CLINUX_O_RDWR | CLINUX_O_TMPFILE, mode: 0o600)
        }
    }

    /// Runs `body`, with the container's processes frozen if they run and are to be.
    private func whileReadable(
        _ running: CommitOptions.Running,
        _ body: () throws(ContainerStoreError) -> Void
    ) throws(ContainerStoreError) {
        guard running == .paused, case .running = try status() else { return try body() }
        let container = try runtimeContainer()
        try withRuntimeErrors { () throws(RuntimeError) in try container.pause() }
        do throws(ContainerStoreError) { try body() } catch {
            // The first error counts.
            try? container.resume()
            throw error
        }
        try withRuntimeErrors { () throws(RuntimeError) in try container.resume() }
    }
}
