// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LayerUnpack
internal import LinuxSystem
internal import NamespaceKit
internal import OCISpec
internal import SystemPackage

extension ContainerStore {
    /// Mounts a container's root file system: its image's layers, and what it writes on top. Attached nowhere.
    func mountRoot(of metadata: ContainerMetadata) throws(ContainerStoreError) -> MountTree {
        let directory = path.appending("containers").appending(metadata.id)
        let writable = OverlayMount.Writable(upper: directory.appending("upper"), work: directory.appending("work"))
        return try mount(metadata.layers, writable)
    }

    /// Mounts an image's layers to look at. Attached nowhere.
    func mountReadOnly(_ layers: [Digest]) throws(ContainerStoreError) -> MountTree { try mount(layers, nil) }

    private func mount(_ layers: [Digest], _ writable: OverlayMount.Writable?) throws(ContainerStoreError) -> MountTree
    {
        MountTree(
            takingOver: try withLayerErrors("mount the root file system") { () throws(LayerUnpackError) in
                let lowers = try snapshots.lowerDirectories(for: layers)
                return try OverlayMount(lowers: lowers, writable: writable).make()
            }
        )
    }
}
