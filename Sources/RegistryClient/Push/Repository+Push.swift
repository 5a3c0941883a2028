// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import ImageLayout
public import OCISpec

extension Repository {
    /// Sends an image of a layout to the repository.
    ///
    /// Blobs go side by side and first, manifests after what they refer to, the tag last. What the registry has is not
    /// sent; what it has in another repository it is asked to take from there. Of an index of which the layout has one
    /// platform only, and the registry not the others, that platform's manifest is pushed in its place.
    ///
    /// - Parameters:
    ///   - name: The image in the layout, as `ImageLayoutDirectory.find(_:)` takes it.
    ///   - layout: The layout.
    ///   - reference: Where to: a tag, or a digest, of this repository.
    ///   - options: How blobs are sent, and where the registry may have them.
    ///   - onEvent: Told what happens, from several tasks at once.
    /// - Returns: What the reference stands for now.
    /// - Throws: ``RegistryError``. Blobs and manifests without a tag can stay in the registry then.
    /// - SeeAlso: OCI distribution-spec 1.1, "Push".
    @discardableResult
    public func push(
        _ name: String,
        from layout: ImageLayoutDirectory,
        to reference: Reference,
        options: PushOptions = PushOptions(),
        onEvent: @escaping @Sendable (PushEvent) -> Void = { _ in }
    ) async throws(RegistryError) -> PushedImage {
        let reference = reference.withDefaultTag
        guard reference.registry == registry.name, reference.repository == self.name else {
            throw RegistryError(
                .configuration,
                .putManifest,
                subject(reference.selector),
                "the reference is to \(reference.name)"
            )
        }
        let lease: ContentLease
        do throws(ImageLayoutError) { lease = try layout.lease() } catch {
            throw RegistryError(error, .putManifest, subject(reference.selector))
        }
        let match: ImageMatch
        do throws(ImageLayoutError) { match = try layout.find(name) } catch {
            throw RegistryError(error, .putManifest, subject(reference.selector))
        }
        guard match.descriptors.count == 1, let root = match.descriptors.first else {
            throw RegistryError(
                .unsupported,
                .putManifest,
                subject(reference.selector),
                "the image has a manifest for each of several platforms and no index"
            )
        }
        let push = ImagePush(repository: self, reference: reference, layout: layout, options: options, onEvent: onEvent)
        let image = try await push.run(root)
        _ = consume lease
        onEvent(.finished(image))
        return image
    }

    /// Puts a manifest or an index, whose blobs the registry has already.
    ///
    /// Where the manifest has a subject and the registry does not keep lists of referrers, the list is kept under the
    /// tag that clients agree on.
    ///
    /// - Parameters:
    ///   - bytes: The document.
    ///   - descriptor: Its type, digest and size.
    ///   - selector: A tag, or its digest.
    /// - Throws: ``RegistryError``: `rejected`, `denied`, `digestMismatch` if the registry says that it has something
    ///   else, and whatever keeps the registry from answering.
    /// - SeeAlso: OCI distribution-spec 1.1, "Pushing Manifests" (end-7), "Pushing Manifests with Subject".
    public func putManifest(
        _ bytes: [UInt8],
        _ descriptor: Descriptor,
        as selector: String
    ) async throws(RegistryError) {
        var call = call(
            .putManifest,
            .put,
            "manifests/\(selector)",
            reference: selector,
            [.pull, .push],
            accepted: [201]
        )
        call.headers.append("Content-Type", descriptor.mediaType.rawValue)
        call.body = .bytes(bytes)
        let answer = try await registry.perform(call)
        if let header = answer.headers["Docker-Content-Digest"], let digest = try? Digest(header),
            digest.algorithm == descriptor.digest.algorithm, digest != descriptor.digest
        {
            throw RegistryError(.digestMismatch, .putManifest, call.subject, "the registry says that it has \(digest)")
        }
        guard answer.headers["OCI-Subject"] == nil, let entry = Self.referrer(bytes, descriptor) else { return }
        try await addReferrer(entry.descriptor, to: entry.subject)
    }

    /// The manifest as it stands in the list of its subject's referrers; `nil` if it has no subject.
    private static func referrer(
        _ bytes: [UInt8],
        _ descriptor: Descriptor
    ) -> (descriptor: Descriptor, subject: Digest)? {
        var entry = Descriptor(mediaType: descriptor.mediaType, digest: descriptor.digest, size: descriptor.size)
        do throws(JSONError) {
            if descriptor.mediaType.kind == .index {
                let index = try ImageIndex(json: bytes)
                guard let subject = index.subject else { return nil }
                entry.artifactType = index.artifactType
                entry.annotations = index.annotations
                return (entry, subject.digest)
            }
            let manifest = try ImageManifest(json: bytes)
            guard let subject = manifest.subject else { return nil }
            entry.artifactType = manifest.artifactType ?? manifest.config.mediaType
            entry.annotations = manifest.annotations
            return (entry, subject.digest)
        } catch {
            // It was accepted, so whatever it is: it is nothing with a subject that we understand.
            return nil
        }
    }

    private func addReferrer(_ entry: Descriptor, to subject: Digest) async throws(RegistryError) {
        var index = try await taggedReferrers(of: subject) ?? ImageIndex(mediaType: .imageIndex, manifests: [])
        guard !index.manifests.contains(where: { $0.digest == entry.digest }) else { return }
        index.mediaType = .imageIndex
        index.manifests.append(entry)
        let bytes = index.json()
        let descriptor = Descriptor(mediaType: .imageIndex, digest: Self.digest(of: bytes), size: Int64(bytes.count))
        let tag = Self.referrersTag(subject)
        var call = call(.putManifest, .put, "manifests/\(tag)", reference: tag, [.pull, .push], accepted: [201])
        call.headers.append("Content-Type", descriptor.mediaType.rawValue)
        call.body = .bytes(bytes)
        _ = try await registry.perform(call)
    }
}
