// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import ImageLayout
internal import LayerUnpack
internal import LinuxSystem
internal import Logging
internal import NamespaceKit
internal import OCIRuntime
internal import OCISpec
internal import SystemPackage

extension ContainerStore {
    /// Makes a container from an image, without starting anything: unpacks what is not unpacked yet, and writes an OCI
    /// bundle.
    ///
    /// - Parameters:
    ///   - image: A reference, a digest, or the first digits of one, as `ImageLayoutDirectory/find(_:)` takes it.
    ///   - command: Replaces the image's command; its entry point stays.
    ///   - options: Everything else.
    ///   - lifetime: Whether the container lasts beyond this process.
    /// - Returns: The container, to be launched.
    /// - Throws: ``ContainerStoreError``. Nothing is left of the container then; layers that were unpacked stay, for the
    ///   next one.
    /// - Note: Needs root.
    public func create(
        _ image: String,
        _ command: [String] = [],
        options: ContainerOptions = ContainerOptions(),
        lifetime: ContainerMetadata.Lifetime = .kept
    ) throws(ContainerStoreError) -> StoredContainer {
        // Until the container is whole, nobody knows what it needs: nothing is swept or pruned.
        let presence = try lockContainers(.shared)
        defer { extendLifetime(presence) }
        try options.userMapping?.check()
        let resolved = try prepare(image, platform: options.platform)
        let id = ContainerName.makeID()
        let owner = try makeDirectory(of: id)
        var name: String?
        do throws(ContainerStoreError) {
            var metadata = ContainerMetadata(
                id: id,
                name: options.name ?? "",
                image: resolved.reference?.familiar ?? image,
                imageID: resolved.id,
                layers: resolved.configuration.rootfs.diffIDs,
                lifetime: lifetime
            )
            let manifest = resolved.manifestDescriptor
            metadata.manifest = Descriptor(
                mediaType: manifest.mediaType,
                digest: manifest.digest,
                size: manifest.size
            )
            metadata.uidMappings = options.userMapping.map { UserMapping.document($0.uid) }
            metadata.gidMappings = options.userMapping.map { UserMapping.document($0.gid) }
            let root = try makeRoot(of: &metadata)
            let builder = ConfigurationBuilder(
                image: resolved.configuration.config ?? ImageConfiguration.Execution(),
                options: options,
                command: command,
                id: id,
                directory: path.appending("containers").appending(id),
                countsSwap: HostFiles.countsSwap
            )
            let identity = try UserLookup.identity(of: builder.user, groups: options.additionalGroups, in: root)
            let configuration = try builder.configuration(for: identity)
            metadata.command = configuration.process?.args ?? []
            metadata.created = WallClock.now
            metadata.labels = builder.labels
            metadata.stopSignal = builder.stopSignal
            metadata.execution = builder.execution
            metadata.supervision = options.supervision(for: resolved.configuration)
            metadata.name = try claimName(options.name, for: id)
            name = metadata.name
            try writeFiles(metadata, configuration, builder)
            if lifetime == .kept {
                try about("keep the container") { () throws(SystemCallError) in try disown(id) }
            }
            return StoredContainer(
                store: self,
                metadata: metadata,
                prepared: StoredContainer.Prepared(root: root, configuration: configuration),
                owner: lifetime == .scoped ? owner : nil
            )
        } catch {
            // The first error counts; what cannot be removed now is swept later.
            try? removeFiles(of: id, name: name)
            throw error
        }
    }

    /// Finds an image and unpacks the layers that are not unpacked yet.
    func prepare(_ image: String, platform: Platform) throws(ContainerStoreError) -> ResolvedImage {
        // Nobody removes a blob while it is being read.
        let lease = try withImageErrors { () throws(ImageLayoutError) in try images.lease() }
        let resolved = try withImageErrors { () throws(ImageLayoutError) in
            try images.resolve(image, platform: platform)
        }
        try unpack(resolved)
        extendLifetime(lease)
        return resolved
    }

    private func unpack(_ image: ResolvedImage) throws(ContainerStoreError) {
        let step = "unpack image \(image.reference?.familiar ?? "\(image.id)")"
        let chain = ChainID.chain(of: image.configuration.rootfs.diffIDs)
        for (layer, chainID) in zip(image.layers, chain) {
            if try withLayerErrors(step, { () throws(LayerUnpackError) in try snapshots.contains(chainID) }) {
                continue
            }
            let blob = try withImageErrors { () throws(ImageLayoutError) in try images.blobs.open(layer.descriptor) }
            let report = try withLayerErrors(step) { () throws(LayerUnpackError) in
                try snapshots.unpack(try LayerSource(blob, of: layer), as: chainID)
            }
            logDropped(report)
        }
    }

    /// Warns of extended attributes that a layer has and its files do not get.
    func logDropped(_ report: LayerReport?) {
        for (name, count) in report?.droppedAttributes ?? [:] {
            logger?.warning(
                "extended attributes left out",
                metadata: ["attribute": "\(String(decoding: name, as: UTF8.self))", "files": "\(count)"]
            )
        }
    }

    /// Makes a container's directory, after taking the lock that tells its owner is alive.
    private func makeDirectory(of id: String) throws(ContainerStoreError) -> SharedFileLock {
        try about("make the container's directory") { () throws(SystemCallError) in
            let owner = SharedFileLock(try FileLock(on: ownerFile(id), .exclusive))
            let containers = try containersDirectory()
            try containers.makeDirectory(FilePath(id), mode: 0o700)
            let directory = try containers.directory(FilePath(id), .noSymlinks)
            for name in ["rootfs", "upper", "work", "etc"] { try directory.makeDirectory(FilePath(name), mode: 0o755) }
            return owner
        }
    }

    private func writeFiles(
        _ metadata: ContainerMetadata,
        _ configuration: RuntimeConfiguration,
        _ builder: ConfigurationBuilder
    ) throws(ContainerStoreError) {
        let owner = try builder.options.userMapping?.root()
        try about("write the container's files") { () throws(SystemCallError) in
            let directory = try containersDirectory().directory(FilePath(metadata.id), .noSymlinks)
            // What goes away with its process need not survive a power failure.
            let isKept = metadata.lifetime == .kept
            let resolver = builder.options.network == .none ? [] : HostFiles.resolver
            for (name, content) in builder.etcFiles(resolver: resolver) {
                let path = FilePath("etc/\(name)")
                try directory.makeFile(path, content, mode: 0o644, flushed: isKept)
                if let owner { try directory.changeOwner(of: path, uid: owner.uid, gid: owner.gid) }
            }
            try directory.makeFile("config.json", configuration.json(), flushed: isKept)
            // Last: a directory with it is a whole container.
            if isKept {
                try directory.replaceFile("container.json", metadata.json())
            } else {
                try directory.makeFile("container.json", metadata.json())
            }
        }
    }
}
