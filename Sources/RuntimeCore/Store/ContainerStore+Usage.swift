// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ImageLayout
internal import LayerUnpack
internal import LinuxSystem
internal import OCIRuntime
internal import OCISpec
internal import SystemPackage

extension ContainerStore {
    /// Counts what images, containers and unpacked layers take. Files are counted one by one, so this takes a while.
    ///
    /// - Returns: The numbers, which others may be changing at the same time.
    /// - Throws: ``ContainerStoreError``: `corruptState` when a container cannot be read, `invalidImage` when an image
    ///   cannot, `systemCall`.
    public func usage() throws(ContainerStoreError) -> StoreUsage {
        var usage = StoreUsage(
            images: try withImageErrors { () throws(ImageLayoutError) in try images.usage() }
        )
        let containers = try wholeContainers()
        let pinned = Set(containers.compactMap(\.metadata.manifest?.digest))
        for image in usage.images.images {
            let reachable = try withImageErrors { () throws(ImageLayoutError) in
                try images.manifests(within: image.descriptor)
            }
            if reachable.contains(where: pinned.contains) { usage.imagesInUse.insert(image.descriptor.digest) }
        }
        for container in containers.sorted(by: { $0.metadata.created > $1.metadata.created }) {
            usage.containers.append(try self.usage(of: container))
        }
        usage.layers = try layerUsage(containers)
        return usage
    }

    private func usage(of container: StoredContainer) throws(ContainerStoreError) -> StoreUsage.Container {
        let isRunning: Bool
        switch try container.status() {
        case .running, .paused: isRunning = true
        case .created, .exited: isRunning = false
        }
        return StoreUsage.Container(
            id: container.id,
            name: container.metadata.name,
            image: container.metadata.image,
            isRunning: isRunning,
            space: try space(of: container.metadata.root == .copy ? "rootfs" : "upper", in: container.bundle)
        )
    }

    private func layerUsage(_ containers: [StoredContainer]) throws(ContainerStoreError) -> [StoreUsage.Layer] {
        let needed = try neededSnapshots(containers)
        let chainIDs = try withLayerErrors("list unpacked layers") { () throws(LayerUnpackError) in
            try snapshots.chainIDs()
        }
        var layers: [StoreUsage.Layer] = []
        for chainID in chainIDs.sorted(by: { "\($0)" < "\($1)" }) {
            let space: SnapshotUsage
            do throws(LayerUnpackError) { space = try snapshots.usage(of: chainID) } catch {
                // It was removed meanwhile.
                if error.code == .snapshotMissing { continue }
                throw ContainerStoreError("count the files of an unpacked layer", error)
            }
            layers.append(StoreUsage.Layer(chainID: chainID, space: space, isNeeded: needed.contains(chainID)))
        }
        return layers
    }

    private func space(of name: FilePath, in directory: FilePath) throws(ContainerStoreError) -> SnapshotUsage {
        do throws(SystemCallError) {
            return SnapshotUsage(try RootDirectory(at: directory).space(of: name))
        } catch {
            // It was removed meanwhile.
            if error.errno == .noSuchFileOrDirectory { return SnapshotUsage() }
            throw ContainerStoreError("count the files in \(directory)", error)
        }
    }
}
