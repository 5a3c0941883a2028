// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RegistryClient
internal import RuntimeCore
internal import Synchronization

/// Brings images from registries into the store, and shows how it goes.
struct Puller: Sendable {
    /// How registries are reached.
    let flags: RegistryFlags
    /// How the progress is shown; `nil` for not at all.
    let style: ProgressStyle?
    /// Whether layers are unpacked.
    var unpacks = true
    /// Registries that are asked first.
    var mirrors: [String] = []

    /// Pulls one image.
    ///
    /// - Parameters:
    ///   - reference: The image.
    ///   - store: Where it goes. Layers are unpacked while they arrive, where that is allowed.
    ///   - options: Which platforms.
    /// - Returns: The image.
    /// - Throws: `RegistryError`, ``Failure``. What has arrived stays, for the next pull to go on with.
    @discardableResult
    func pull(
        _ reference: Reference,
        into store: ContainerStore,
        options: PullOptions
    ) throws -> PulledImage {
        let reference = reference.withDefaultTag
        let repository = try Repository(reference, in: try flags.registry(reference.registry, mirrors: mirrors))
        let images = store.images
        // Owners and devices are root's to make; others keep images to push and to look at.
        let layers = unpacks && HostUser.number == 0 && options.platforms != .all ? store.layerReceiver : nil
        guard let style else {
            return try Blocking.run {
                try await repository.pull(reference, into: images, options: options, layers: layers)
            }
        }
        let display = Mutex(PullDisplay(.onStandardError(style)))
        display.withLock { $0.begin(reference) }
        return try Blocking.run {
            try await repository.pull(reference, into: images, options: options, layers: layers) { event in
                display.withLock { $0.show(event) }
            }
        }
    }
}
