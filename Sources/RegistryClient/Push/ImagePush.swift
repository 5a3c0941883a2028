// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ImageLayout
internal import OCISpec

/// The push of one image: blobs side by side, then documents from the innermost out.
struct ImagePush: Sendable {
    let repository: Repository
    let reference: Reference
    let layout: ImageLayoutDirectory
    let options: PushOptions
    let onEvent: @Sendable (PushEvent) -> Void

    private var subject: RegistryError.Subject { repository.subject(reference.selector) }

    /// What there is to be sent, every document after those it refers to.
    private struct Contents {
        var documents: [(descriptor: Descriptor, bytes: [UInt8])] = []
        var blobs: [Descriptor] = []
        /// Manifests that an index lists and the layout does not have.
        var absent: [Descriptor] = []
        var manifests: [Descriptor] = []
    }

    func run(_ root: Descriptor) async throws(RegistryError) -> PushedImage {
        var root = root
        var contents = Contents()
        try collect(root, depth: 0, &contents)
        var incompleteIndex: Descriptor?
        if !contents.absent.isEmpty, try await lacks(contents.absent) {
            guard contents.manifests.count == 1 else {
                throw RegistryError(
                    .layout,
                    .putManifest,
                    subject,
                    "the layout has \(contents.manifests.count) of the \(contents.manifests.count + contents.absent.count) platforms of its index",
                    hint: "pull the others first, or push one platform's manifest by its digest"
                )
            }
            incompleteIndex = root
            root = contents.manifests[0]
            contents.documents = contents.documents.filter { $0.descriptor.digest == root.digest }
        }
        if let digest = reference.digest, digest != root.digest {
            throw RegistryError(.digestMismatch, .putManifest, subject, "the image has the digest \(root.digest)")
        }
        onEvent(.blobs(contents.blobs))
        try await send(contents.blobs)
        for document in contents.documents where document.descriptor.digest != root.digest {
            try await put(document.descriptor, document.bytes, as: "\(document.descriptor.digest)")
        }
        guard let last = contents.documents.last(where: { $0.descriptor.digest == root.digest }) else {
            throw RegistryError(.layout, .putManifest, subject, "the layout has no such image")
        }
        try await put(last.descriptor, last.bytes, as: reference.selector)
        return PushedImage(
            reference: reference,
            descriptor: Descriptor(mediaType: root.mediaType, digest: root.digest, size: root.size),
            incompleteIndex: incompleteIndex
        )
    }

    private func put(_ descriptor: Descriptor, _ bytes: [UInt8], as selector: String) async throws(RegistryError) {
        try await repository.putManifest(bytes, descriptor, as: selector)
        onEvent(.manifest(descriptor))
    }

    private func collect(_ descriptor: Descriptor, depth: Int, _ contents: inout Contents) throws(RegistryError) {
        guard depth <= ImageLimits.indexDepth else {
            throw RegistryError(
                .limitExceeded,
                .putManifest,
                subject,
                "more than \(ImageLimits.indexDepth) indexes lie in one another"
            )
        }
        guard !contents.documents.contains(where: { $0.descriptor.digest == descriptor.digest }) else { return }
        do {
            if depth > 0, try !layout.blobs.contains(descriptor.digest) {
                contents.absent.append(descriptor)
                return
            }
            let bytes = try layout.blobs.read(descriptor.digest, size: descriptor.size)
            switch descriptor.mediaType.kind {
            case .index:
                for child in try ImageIndex(json: bytes, mediaType: descriptor.mediaType).manifests {
                    try collect(child, depth: depth + 1, &contents)
                }
            case .manifest:
                let manifest = try ImageManifest(json: bytes, mediaType: descriptor.mediaType)
                for part in [manifest.config] + manifest.layers
                where !contents.blobs.contains(where: { $0.digest == part.digest }) {
                    contents.blobs.append(part)
                }
                contents.manifests.append(descriptor)
            default:
                throw RegistryError(
                    .unsupportedMediaType,
                    .putManifest,
                    subject,
                    "\(descriptor.digest) is of type \(descriptor.mediaType)"
                )
            }
            contents.documents.append((descriptor, bytes))
        } catch let error as RegistryError {
            throw error
        } catch let error as ImageLayoutError {
            throw RegistryError(error, .putManifest, subject)
        } catch let error as JSONError {
            throw RegistryError(.invalidDocument, .putManifest, subject, cause: .document(error))
        } catch {
            throw RegistryError(.layout, .putManifest, subject, "\(error)")
        }
    }

    /// Whether the repository lacks one of the manifests.
    private func lacks(_ manifests: [Descriptor]) async throws(RegistryError) -> Bool {
        for manifest in manifests where try await !repository.hasManifest("\(manifest.digest)") { return true }
        return false
    }

    /// Sends blobs side by side; the first failure ends the others.
    private func send(_ blobs: [Descriptor]) async throws(RegistryError) {
        let limit = repository.registry.configuration.parallelTransfers
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (position, blob) in blobs.enumerated() {
                    if position >= limit { try await group.next() }
                    let upload = BlobUpload(
                        repository: repository,
                        descriptor: blob,
                        store: layout.blobs,
                        options: options,
                        onEvent: onEvent
                    )
                    group.addTask { try await upload.run() }
                }
                try await group.waitForAll()
            }
        } catch let error as RegistryError {
            throw error
        } catch {
            throw RegistryError(.cancelled, .upload, subject)
        }
    }
}
