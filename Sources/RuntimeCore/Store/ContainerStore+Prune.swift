// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ImageLayout
public import LayerUnpack
internal import LinuxSystem

extension ContainerStore {
    /// Removes the unpacked layers that no image, no container and no mounted view of the store needs.
    ///
    /// - Returns: What was removed; `nil`, and nothing is removed, while somebody makes a container.
    /// - Throws: ``ContainerStoreError``: `corruptState` when a container cannot be read, as what it needs is not known
    ///   then; `systemCall`. What was removed before the failure is gone, and would be unpacked again.
    @discardableResult
    public func pruneSnapshots() throws(ContainerStoreError) -> [ChainID]? {
        guard let alone = try lockContainers(waiting: false) else { return nil }
        var needed: Set<ChainID> = []
        let list = try withImageErrors { () throws(ImageLayoutError) in try images.images() }
        for image in list.images { needed.formUnion(ChainID.chain(of: image.diffIDs)) }
        for id in try ids() {
            // A copy of the layers needs them no more.
            guard let container = try load(id), container.metadata.root != .copy else { continue }
            needed.formUnion(ChainID.chain(of: container.metadata.layers))
        }
        for view in try sweepMountedImages() { needed.formUnion(ChainID.chain(of: view.layers)) }
        let doomed = try withLayerErrors("list unpacked layers") { () throws(LayerUnpackError) in
            try snapshots.chainIDs().filter { !needed.contains($0) }
        }
        for chainID in doomed {
            try withLayerErrors("remove unpacked layer") { () throws(LayerUnpackError) in
                try snapshots.remove(chainID)
            }
        }
        extendLifetime(alone)
        return doomed
    }
}
