// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ImageLayout
internal import OCISpec

/// The pull of one image: documents first, then blobs side by side, the name last.
struct ImagePull: Sendable {
    let repository: Repository
    let reference: Reference
    let layout: ImageLayoutDirectory
    let options: PullOptions
    let receiver: (any LayerReceiver)?
    let onEvent: @Sendable (PullEvent) -> Void

    private var subject: RegistryError.Subject { repository.subject(reference.selector) }

    func run() async throws(RegistryError) -> PulledImage {
        let root = try await repository.manifest(reference.selector)
        onEvent(.resolved(root.descriptor))
        var documents = [root]
        var manifests: [FetchedManifest] = []
        if root.descriptor.mediaType.kind == .index {
            for child in try choose(try index(root)) {
                let document = try await manifest(child, depth: 1, &documents)
                manifests += document
            }
        } else {
            manifests = [root]
        }
        guard !manifests.isEmpty else {
            throw RegistryError(.noMatchingPlatform, .manifest, subject, "its index lists no image")
        }
        let wasPresent = try isPresent(root.descriptor)
        var blobs: [Descriptor] = []
        for manifest in manifests {
            let parts = try parts(of: manifest)
            onEvent(.manifest(manifest.descriptor, blobs: parts))
            for part in parts where !blobs.contains(where: { $0.digest == part.digest }) { blobs.append(part) }
        }
        try await fetch(blobs, of: manifests)
        if manifests.count == 1, options.isStrict, root.descriptor == manifests[0].descriptor {
            try checkPlatform(of: manifests[0])
        }
        try store(documents + manifests, root.descriptor)
        return PulledImage(
            reference: reference,
            descriptor: root.descriptor,
            manifests: manifests.map(\.descriptor),
            wasPresent: wasPresent
        )
    }

    /// The manifests at or below a descriptor of an index; indexes on the way are kept among `documents`.
    private func manifest(
        _ descriptor: Descriptor,
        depth: Int,
        _ documents: inout [FetchedManifest]
    ) async throws(RegistryError) -> [FetchedManifest] {
        let document = try await repository.manifest("\(descriptor.digest)", expecting: descriptor)
        guard descriptor.mediaType.kind == .index else { return [document] }
        guard depth < ImageLimits.indexDepth else {
            throw RegistryError(
                .limitExceeded,
                .manifest,
                subject,
                "more than \(ImageLimits.indexDepth) indexes lie in one another"
            )
        }
        documents.append(document)
        var found: [FetchedManifest] = []
        for child in try choose(try index(document)) {
            let below = try await manifest(child, depth: depth + 1, &documents)
            found += below
        }
        return found
    }

    private func index(_ document: FetchedManifest) throws(RegistryError) -> ImageIndex {
        do throws(JSONError) {
            return try ImageIndex(json: document.bytes, mediaType: document.descriptor.mediaType)
        } catch {
            throw RegistryError(.invalidDocument, .manifest, subject, cause: .document(error))
        }
    }

    /// The entries of an index that are to be fetched. Types that are no manifest are passed over, as are attestations
    /// where one platform is wanted.
    private func choose(_ index: ImageIndex) throws(RegistryError) -> [Descriptor] {
        let candidates = index.manifests.filter { $0.mediaType.kind == .manifest || $0.mediaType.kind == .index }
        guard case .one(let platform) = options.platforms else { return candidates }
        // What does not say what it runs on suits if there is nothing else to choose from.
        if candidates.count == 1, candidates[0].platform == nil { return candidates }
        guard let best = platform.bestMatch(among: candidates.map(\.platform)) else {
            let offered = Set(candidates.compactMap { $0.platform?.description }).subtracting(["unknown/unknown"])
                .sorted()
            throw RegistryError(
                .noMatchingPlatform,
                .manifest,
                subject,
                "it is not there for \(platform)"
                    + (offered.isEmpty ? "" : ", only for \(offered.prefix(20).joined(separator: ", "))"),
                hint: "--platform chooses another one"
            )
        }
        return [candidates[best]]
    }

    /// Configuration and layers, all of types that belong into an image.
    private func parts(of document: FetchedManifest) throws(RegistryError) -> [Descriptor] {
        let manifest: ImageManifest
        do throws(JSONError) {
            manifest = try ImageManifest(json: document.bytes, mediaType: document.descriptor.mediaType)
        } catch {
            throw RegistryError(.invalidDocument, .manifest, subject, cause: .document(error))
        }
        guard manifest.config.size <= Int64(ImageLimits.document) else {
            throw RegistryError(
                .limitExceeded,
                .manifest,
                subject,
                "its configuration has \(manifest.config.size) bytes"
            )
        }
        guard manifest.config.mediaType.kind != .configuration || manifest.layers.count <= ImageLimits.layers else {
            throw RegistryError(
                .limitExceeded,
                .manifest,
                subject,
                "it has \(manifest.layers.count) layers, more than the \(ImageLimits.layers) allowed"
            )
        }
        for layer in manifest.layers {
            if case .nondistributableLayer = layer.mediaType.kind {
                throw RegistryError(
                    .unsupportedMediaType,
                    .manifest,
                    subject,
                    "its layer \(layer.digest) is of type \(layer.mediaType)",
                    hint: "layers that lie outside of the registry are not fetched"
                )
            }
        }
        return [manifest.config] + manifest.layers
    }

    /// Fetches the blobs of images, and hands the layers on where somebody takes them.
    private func fetch(_ blobs: [Descriptor], of manifests: [FetchedManifest]) async throws(RegistryError) {
        guard let receiver, manifests.count == 1, let configuration = blobs.first else {
            return try await fetch(blobs, to: nil, [:])
        }
        // Which layers stand below each is known from the configuration only.
        try await fetch([configuration], to: nil, [:])
        let stacks = try stacks(of: manifests[0])
        try await fetch(Array(blobs.dropFirst()), to: receiver, stacks)
    }

    /// The places of each layer: the diff IDs of all layers up to and including it. Empty for what is no image.
    private func stacks(of document: FetchedManifest) throws(RegistryError) -> [Digest: [[Digest]]] {
        let manifest: ImageManifest
        do throws(JSONError) {
            manifest = try ImageManifest(json: document.bytes, mediaType: document.descriptor.mediaType)
        } catch {
            throw RegistryError(.invalidDocument, .manifest, subject, cause: .document(error))
        }
        guard manifest.config.mediaType.kind == .configuration else { return [:] }
        let image: ResolvedImage
        do throws(ImageLayoutError) {
            image = try ResolvedImage(document.descriptor, manifest, from: layout.blobs)
        } catch {
            throw RegistryError(error, .manifest, subject)
        }
        var stacks: [Digest: [[Digest]]] = [:]
        var below: [Digest] = []
        for layer in image.layers {
            below.append(layer.diffID)
            stacks[layer.descriptor.digest, default: []].append(below)
        }
        return stacks
    }

    /// Fetches blobs side by side; the first failure ends the others.
    private func fetch(
        _ blobs: [Descriptor],
        to receiver: (any LayerReceiver)?,
        _ stacks: [Digest: [[Digest]]]
    ) async throws(RegistryError) {
        let limit = repository.registry.configuration.parallelTransfers
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (position, blob) in blobs.enumerated() {
                    if position >= limit { try await group.next() }
                    let places = stacks[blob.digest] ?? []
                    let download = BlobDownload(
                        repository: repository,
                        descriptor: blob,
                        store: layout.blobs,
                        isKept: options.keepsLayers || places.isEmpty,
                        onEvent: onEvent
                    )
                    let feed = places.isEmpty ? nil : receiver.map { LayerFeed($0, blob, places) }
                    group.addTask { try await download.run(feed) }
                }
                try await group.waitForAll()
            }
        } catch let error as RegistryError {
            throw error
        } catch {
            throw RegistryError(.cancelled, .blob, subject)
        }
    }

    private func checkPlatform(of document: FetchedManifest) throws(RegistryError) {
        guard case .one(let platform) = options.platforms else { return }
        do {
            let manifest = try ImageManifest(json: document.bytes)
            guard manifest.config.mediaType.kind == .configuration else { return }
            let bytes = try layout.blobs.read(manifest.config.digest, size: manifest.config.size)
            let found = try ImageConfiguration(json: bytes).platform
            if platform.rank(of: found) == nil {
                throw RegistryError(.noMatchingPlatform, .manifest, subject, "it is for \(found), not for \(platform)")
            }
        } catch let error as RegistryError {
            throw error
        } catch let error as ImageLayoutError {
            throw RegistryError(error, .store, subject)
        } catch let error as JSONError {
            throw RegistryError(.invalidDocument, .manifest, subject, "its configuration", cause: .document(error))
        } catch {
            throw RegistryError(.layout, .store, subject, "\(error)")
        }
    }

    private func isPresent(_ descriptor: Descriptor) throws(RegistryError) -> Bool {
        do throws(ImageLayoutError) {
            return try layout.index().manifests.contains {
                $0.digest == descriptor.digest && $0.annotations?[AnnotationKey.referenceName] == reference.description
            }
        } catch {
            throw RegistryError(error, .store, subject)
        }
    }

    /// Stores the documents and names the image.
    private func store(_ documents: [FetchedManifest], _ root: Descriptor) throws(RegistryError) {
        do throws(ImageLayoutError) {
            for document in documents where try !layout.blobs.contains(document.descriptor.digest) {
                try layout.blobs.ingest(document.bytes, expecting: document.descriptor)
            }
            var entry = root
            if !options.keepsLayers {
                entry.annotations = (root.annotations ?? [:]).merging([ImageLayoutDirectory.layersElsewhere: "unpacked"]
                ) {
                    _,
                    new in new
                }
            }
            try layout.tag(entry, as: reference)
        } catch {
            throw RegistryError(error, .store, subject)
        }
    }
}
