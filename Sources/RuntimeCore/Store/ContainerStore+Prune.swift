// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ImageLayout
public import LayerUnpack
internal import LinuxSystem
internal import OCIRuntime
public import OCISpec

/// What ``ContainerStore/prune(_:)`` removes besides what nobody needs.
public struct PruneOptions: Hashable, Sendable {
    /// Whether containers that do not run are removed.
    public var containers = false
    /// Whether images that no container was made from are removed.
    public var images = false

    /// Options that remove neither.
    public init() {}
}

/// What was removed from a store.
public struct PruneReport: Hashable, Sendable {
    /// The names and ids of containers.
    public internal(set) var containers: [String] = []
    /// The names that images lost; the digests of images without a name.
    public internal(set) var images: [String] = []
    /// The blobs.
    public internal(set) var blobs: [Digest] = []
    /// The unpacked layers.
    public internal(set) var layers: [ChainID] = []
    /// The bytes of the blobs.
    public internal(set) var bytes: Int64 = 0
}

extension ContainerStore {
    /// Removes what nobody needs: blobs that no image and no container refers to, unpacked layers likewise.
    ///
    /// - Parameter options: What else is removed.
    /// - Returns: What was removed.
    /// - Throws: ``ContainerStoreError``: `busy` while somebody adds an image, `corruptState` when a container cannot be
    ///   read, as what it needs is not known then, `invalidImage` when an image cannot; `systemCall`. What was removed
    ///   before the failure is gone, nothing that was needed is.
    @discardableResult
    public func prune(_ options: PruneOptions = PruneOptions()) throws(ContainerStoreError) -> PruneReport {
        var report = PruneReport()
        if options.containers { report.containers = try removeIdleContainers() }
        // Nobody makes a container meanwhile: what containers need is known until the end.
        let alone = try lockContainers(.alone)
        let containers = try wholeContainers()
        if options.images { try removeUnusedImages(containers, &report) }
        try collect(released: [], grace: .zero, containers, &report)
        extendLifetime(alone)
        return report
    }

    /// Takes a name away from an image. With the last one the image goes, and what nobody else needs of it.
    ///
    /// - Parameters:
    ///   - name: As `ImageLayoutDirectory.find(_:)` takes it. An ID or digest stands for all names of the image.
    ///   - force: Whether an image that a container was made from, or that has several names and is called by its ID, is
    ///     removed as well. Containers keep what they need.
    /// - Returns: What was removed. Where somebody adds an image at the moment, the blobs stay for the next ``prune(_:)``.
    /// - Throws: ``ContainerStoreError``: `imageNotFound`, `ambiguous`, `imageInUse`, `corruptState`, `invalidImage`,
    ///   `systemCall`.
    @discardableResult
    public func removeImage(_ name: String, force: Bool = false) throws(ContainerStoreError) -> PruneReport {
        let alone = try lockContainers(.alone)
        let containers = try wholeContainers()
        let match = try withImageErrors { () throws(ImageLayoutError) in try images.find(name) }
        if !force { try checkRemovable(match, name, containers) }
        var report = PruneReport()
        let removed = try withImageErrors { () throws(ImageLayoutError) in try images.remove(name) }
        report.images = removed.map(\.familiarImageName)
        do throws(ContainerStoreError) { try collect(released: removed, grace: nil, containers, &report) } catch {
            if error.code != .busy { throw error }
        }
        extendLifetime(alone)
        return report
    }

    /// Removes the unpacked layers that no image, no container and no mounted view of the store needs.
    ///
    /// - Returns: What was removed; `nil`, and nothing is removed, while somebody makes a container.
    /// - Throws: ``ContainerStoreError``: `corruptState` when a container cannot be read, as what it needs is not known
    ///   then; `systemCall`. What was removed before the failure is gone, and would be unpacked again.
    @discardableResult
    public func pruneSnapshots() throws(ContainerStoreError) -> [ChainID]? {
        guard let alone = try lockContainers(.aloneNow) else { return nil }
        let doomed = try removeSnapshots(keepingThoseOf: try wholeContainers())
        extendLifetime(alone)
        return doomed
    }

    /// All containers; one that cannot be read is an error, since what it needs is not known.
    func wholeContainers() throws(ContainerStoreError) -> [StoredContainer] {
        var found: [StoredContainer] = []
        for id in try ids() { if let container = try load(id) { found.append(container) } }
        return found
    }

    private func removeIdleContainers() throws(ContainerStoreError) -> [String] {
        var removed: [String] = []
        for container in try containers() {
            switch try container.status() {
            case .running, .paused: continue
            // Whoever makes it is about to start it.
            case .created where container.metadata.lifetime == .scoped: continue
            case .created, .exited: break
            }
            do throws(ContainerStoreError) { try container.remove() } catch {
                // It was started, or removed by somebody else, meanwhile.
                if error.code == .wrongState || error.code == .containerNotFound { continue }
                throw error
            }
            removed.append(container.metadata.name)
        }
        return removed
    }

    private func removeUnusedImages(
        _ containers: [StoredContainer],
        _ report: inout PruneReport
    ) throws(ContainerStoreError) {
        let used = Set(containers.map(\.metadata.imageID))
        let list = try withImageErrors { () throws(ImageLayoutError) in try images.images() }
        let roots = try withImageErrors { () throws(ImageLayoutError) in try images.index().manifests }
        for root in roots {
            let name = root.imageName
            let ids = list.images.filter { $0.name == name && (name != nil || $0.manifest.digest == root.digest) }
            // What cannot be read is no image, and is nobody's.
            if ids.contains(where: { used.contains($0.id) }) { continue }
            let removed = try withImageErrors { () throws(ImageLayoutError) in try images.remove(entry: root) }
            if removed { report.images.append(root.familiarImageName) }
        }
    }

    private func checkRemovable(
        _ match: ImageMatch,
        _ name: String,
        _ containers: [StoredContainer]
    ) throws(ContainerStoreError) {
        let all = try withImageErrors { () throws(ImageLayoutError) in try images.index().manifests }
        let names = all.filter { entry in match.descriptors.contains { $0.digest == entry.digest } }
        if match.descriptors.count > 1, Set(match.descriptors.map(\.familiarImageName)).count > 1 {
            throw ContainerStoreError(
                .imageInUse,
                "image \(name) has several names: \(match.descriptors.map(\.familiarImageName).joined(separator: ", "))",
                hint: "remove them by name, or use force"
            )
        }
        guard names.count <= match.descriptors.count else { return }
        guard let resolved = try? images.resolve(name) else { return }
        guard let user = containers.first(where: { $0.metadata.imageID == resolved.id }) else { return }
        throw ContainerStoreError(
            .imageInUse,
            "image \(name) is used by container \(user.metadata.name)",
            hint: "remove that first, or use force"
        )
    }

    /// Removes blobs and unpacked layers that nobody needs; the caller has the list of containers alone.
    private func collect(
        released: [Descriptor],
        grace: Duration?,
        _ containers: [StoredContainer],
        _ report: inout PruneReport
    ) throws(ContainerStoreError) {
        let pinned = containers.compactMap(\.metadata.manifest)
        let garbage = try withImageErrors { () throws(ImageLayoutError) in
            try images.collectGarbage(grace: grace ?? .seconds(3600), released: released, pinned: pinned)
        }
        report.blobs += garbage.digests
        report.bytes += garbage.bytes
        report.layers += try removeSnapshots(keepingThoseOf: containers)
    }

    /// The unpacked layers that images and containers need.
    func neededSnapshots(_ containers: [StoredContainer]) throws(ContainerStoreError) -> Set<ChainID> {
        var needed: Set<ChainID> = []
        let list = try withImageErrors { () throws(ImageLayoutError) in try images.images() }
        for image in list.images { needed.formUnion(ChainID.chain(of: image.diffIDs)) }
        for container in containers where container.metadata.root != .copy {
            // A copy of the layers needs them no more.
            needed.formUnion(ChainID.chain(of: container.metadata.layers))
        }
        for view in try sweepMountedImages() { needed.formUnion(ChainID.chain(of: view.layers)) }
        return needed
    }

    private func removeSnapshots(
        keepingThoseOf containers: [StoredContainer]
    ) throws(ContainerStoreError) -> [ChainID] {
        let needed = try neededSnapshots(containers)
        let doomed = try withLayerErrors("list unpacked layers") { () throws(LayerUnpackError) in
            try snapshots.chainIDs().filter { !needed.contains($0) }
        }
        for chainID in doomed {
            try withLayerErrors("remove unpacked layer") { () throws(LayerUnpackError) in
                try snapshots.remove(chainID)
            }
        }
        return doomed
    }
}
