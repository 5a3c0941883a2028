// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec

/// The images that an import has found, checked and is about to add to the index.
struct ImageImport: Sendable {
    /// An image and its names.
    struct Item: Sendable {
        let descriptor: Descriptor
        var names: [ImageName]
    }

    /// What the images come from, for errors.
    let origin: String
    private(set) var items: [Item] = []
    /// The blobs that the images need.
    private(set) var needed: Set<Digest> = []

    init(origin: String) { self.origin = origin }

    /// Checks that an image is whole and adds it.
    ///
    /// Of an image index at least one image must be whole; what is missing of the others is not asked for, since an
    /// index keeps naming platforms that were not saved with it.
    mutating func add(
        _ descriptor: Descriptor,
        _ names: [ImageName],
        in source: borrowing some ContentSource & ~Copyable
    ) throws(ImageLayoutError) {
        do throws(ImageLayoutError) { try check(descriptor, in: source) } catch {
            guard error.code == .notFound else { throw error }
            throw ImageLayoutError(.truncatedArchive, origin, "it lacks \(error.subject)")
        }
        if let index = items.firstIndex(where: { $0.descriptor.digest == descriptor.digest }) {
            items[index].names += names.filter { !items[index].names.contains($0) }
        } else {
            items.append(Item(descriptor: descriptor, names: names))
        }
    }

    /// Adds a name to the images whose configuration is `id`.
    mutating func add(
        _ name: ImageName,
        toImage id: Digest,
        in source: borrowing some ContentSource & ~Copyable
    ) throws(ImageLayoutError) {
        for index in items.indices where !items[index].names.contains(name) {
            for manifest in try ImageGraph(of: items[index].descriptor, in: source).manifests
            where try ImageManifest(manifest, from: source).config.digest == id {
                items[index].names.append(name)
            }
        }
    }

    /// Gives the only image a name, beside those it has.
    mutating func name(_ reference: Reference) throws(ImageLayoutError) {
        guard items.count == 1 else {
            throw ImageLayoutError(
                .ambiguous,
                origin,
                "it has \(items.count) images, which cannot all be called \(reference)"
            )
        }
        let name = ImageName(reference)
        if !items[0].names.contains(name) { items[0].names.append(name) }
    }

    private mutating func check(
        _ root: Descriptor,
        in source: borrowing some ContentSource & ~Copyable
    ) throws(ImageLayoutError) {
        let graph = try ImageGraph(of: root, in: source)
        var incomplete = graph.absent.first.map { ImageLayoutError(.notFound, "blob \($0.digest)") }
        var isAnyComplete = graph.manifests.isEmpty && graph.absent.isEmpty
        for manifest in graph.manifests {
            do throws(ImageLayoutError) {
                try checkImage(manifest, in: source)
                isAnyComplete = true
            } catch {
                guard error.code == .notFound else { throw error }
                incomplete = incomplete ?? error
            }
        }
        if let incomplete, !isAnyComplete { throw incomplete }
        for descriptor in try graph.everyDescriptor(in: source) {
            guard let size = try source.size(of: descriptor.digest) else { continue }
            guard size == descriptor.size else { throw Self.wrongSize(descriptor, size) }
            needed.insert(descriptor.digest)
        }
    }

    private func checkImage(
        _ manifest: Descriptor,
        in source: borrowing some ContentSource & ~Copyable
    ) throws(ImageLayoutError) {
        let document = try ImageManifest(manifest, from: source)
        if document.config.mediaType.kind == .configuration {
            _ = try ResolvedImage(manifest, reference: nil, from: source)
        }
        for descriptor in [document.config] + document.layers {
            guard let size = try source.size(of: descriptor.digest) else {
                throw ImageLayoutError(.notFound, "blob \(descriptor.digest)")
            }
            guard size == descriptor.size else { throw Self.wrongSize(descriptor, size) }
        }
    }

    private static func wrongSize(_ descriptor: Descriptor, _ size: Int64) -> ImageLayoutError {
        ImageLayoutError(
            .sizeMismatch,
            "blob \(descriptor.digest)",
            "its descriptor says \(descriptor.size) bytes, it has \(size)"
        )
    }
}
