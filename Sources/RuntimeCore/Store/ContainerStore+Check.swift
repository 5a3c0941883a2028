// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import ImageLayout
internal import LayerUnpack
internal import LinuxSystem
internal import OCIRuntime
internal import OCISpec
internal import SystemPackage

extension ContainerStore {
    /// Reads all of the store and finds out what is wrong: images as `ImageLayoutDirectory/check(repairing:)`,
    /// containers that cannot be read or started, names of containers that are gone.
    ///
    /// - Parameter repair: What is done about images. Names of containers that are gone are removed unless it is
    ///   `nothing`; containers are never.
    /// - Returns: What is wrong, before anything was repaired.
    /// - Throws: ``ContainerStoreError``: `busy` if something is to be repaired and somebody adds an image,
    ///   `invalidImage` if the index of images cannot be read, `systemCall`.
    public func check(repairing repair: LayoutRepair = .nothing) throws(ContainerStoreError) -> StoreCheck {
        // Who makes a container is between two states.
        let lock = try lockContainers(.alone)
        var check = StoreCheck(
            images: try withImageErrors { () throws(ImageLayoutError) in try images.check(repairing: repair) }
        )
        for id in try ids() {
            check.containers += 1
            do throws(ContainerStoreError) { try checkContainer(id) } catch { check.problems.append(error) }
        }
        try checkNames(&check, isRepairing: repair != .nothing)
        extendLifetime(lock)
        return check
    }

    private func checkContainer(_ id: String) throws(ContainerStoreError) {
        guard let container = try load(id) else {
            // One that is being removed; the next opening of the store sweeps it if it was abandoned.
            return
        }
        _ = try container.configuration()
        // A copy of the layers needs them no more.
        if container.metadata.root == .copy { return }
        let step = "container \(container.metadata.name)"
        for chainID in ChainID.chain(of: container.metadata.layers) {
            guard try withLayerErrors(step, { () throws(LayerUnpackError) in try snapshots.contains(chainID) }) else {
                throw ContainerStoreError(
                    .corruptState,
                    "\(step): the unpacked layer \(chainID) is missing",
                    hint: "run a container of \(container.metadata.image), which unpacks it again"
                )
            }
        }
    }

    private func checkNames(_ check: inout StoreCheck, isRepairing: Bool) throws(ContainerStoreError) {
        let names = try about("list names of containers") { () throws(SystemCallError) in
            try namesDirectory().entries().map { String(decoding: $0.name, as: UTF8.self) }
        }
        let known = Set(try ids())
        for name in names {
            guard let id = try idOfName(name), !known.contains(id) else { continue }
            check.problems.append(
                ContainerStoreError(.corruptState, "the name \(name) stands for the container \(id), which is gone")
            )
            guard isRepairing else { continue }
            try releaseName(name, of: id)
            check.removedNames.append(name)
        }
    }
}
