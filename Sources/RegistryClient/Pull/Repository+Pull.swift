// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import ImageLayout
public import OCISpec

extension Repository {
    /// Brings an image into an image layout and gives it the name it was asked for by.
    ///
    /// The layers are fetched side by side, verified while they arrive and stored compressed as they are; what the
    /// layout has already is not fetched. A reference with a digest gets that content, whatever its tag stands for.
    /// What had arrived before a failure, a cancellation or the end of the process stays in the layout, invisible, and
    /// the next pull goes on with it.
    ///
    /// - Parameters:
    ///   - reference: The image, of this repository.
    ///   - layout: Where it goes.
    ///   - options: Which platforms.
    ///   - layers: Who takes each layer while it arrives, to unpack it in the same pass, those that the layout had before
    ///     among them; `nil` for nobody. Of an image for several platforms no layer is handed out.
    ///   - onEvent: Told what happens, from several tasks at once.
    /// - Returns: The image. Of an index only the platforms asked for are there.
    /// - Throws: ``RegistryError``. The layout's index is then as it was.
    /// - SeeAlso: OCI distribution-spec 1.1, "Pull".
    @discardableResult
    public func pull(
        _ reference: Reference,
        into layout: ImageLayoutDirectory,
        options: PullOptions = PullOptions(),
        layers: (any LayerReceiver)? = nil,
        onEvent: @escaping @Sendable (PullEvent) -> Void = { _ in }
    ) async throws(RegistryError) -> PulledImage {
        let reference = reference.withDefaultTag
        guard reference.registry == registry.name, reference.repository == name else {
            throw RegistryError(
                .configuration,
                .manifest,
                subject(reference.selector),
                "the reference is to \(reference.name)"
            )
        }
        guard options.keepsLayers || layers != nil && options.platforms != .all else {
            throw RegistryError(
                .configuration,
                .manifest,
                subject(reference.selector),
                "layers that are not kept have to be taken by somebody, for one platform"
            )
        }
        let lease: ContentLease
        do throws(ImageLayoutError) { lease = try layout.lease() } catch {
            throw RegistryError(error, .store, subject(reference.selector))
        }
        let pull = ImagePull(
            repository: self,
            reference: reference,
            layout: layout,
            options: options,
            receiver: layers,
            onEvent: onEvent
        )
        let image = try await pull.run()
        _ = consume lease
        onEvent(.finished(image))
        return image
    }

    /// As ``pull(_:into:options:layers:onEvent:)``, told as a sequence of what happens.
    ///
    /// The pull runs in a task of its own, which is cancelled when the sequence goes away. The last event is
    /// ``PullEvent/finished(_:)``; a failure is thrown to the reader.
    ///
    /// - Parameters:
    ///   - reference: The image, of this repository.
    ///   - layout: Where it goes.
    ///   - options: Which platforms.
    ///   - layers: Who takes each layer while it arrives.
    /// - Returns: The events, for one reader.
    public func pullEvents(
        _ reference: Reference,
        into layout: ImageLayoutDirectory,
        options: PullOptions = PullOptions(),
        layers: (any LayerReceiver)? = nil
    ) -> AsyncThrowingStream<PullEvent, any Error> {
        AsyncThrowingStream { continuation in
            let task = Task {
                do throws(RegistryError) {
                    try await pull(reference, into: layout, options: options, layers: layers) { continuation.yield($0) }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}
