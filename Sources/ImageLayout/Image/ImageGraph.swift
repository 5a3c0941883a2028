// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec

/// What can be reached from one descriptor through image indexes.
///
/// Depth, cycles and the number of descriptors are limited, so that no index can keep its reader busy or make it
/// recurse without end.
struct ImageGraph: Sendable {
    /// The image indexes, outermost first.
    private(set) var indexes: [Descriptor] = []
    /// The manifests of images, in the order of the indexes.
    private(set) var manifests: [Descriptor] = []
    /// Manifests that describe another one: attestations, of platform `unknown/unknown`.
    private(set) var attestations: [Descriptor] = []
    /// Content of other types, which is stored and never interpreted.
    private(set) var others: [Descriptor] = []
    /// Descriptors within an index whose content is not there, as after saving one platform of several.
    private(set) var absent: [Descriptor] = []
    private var seen: Set<Digest> = []
    private var count = 0

    /// Follows `root`.
    ///
    /// - Throws: ``ImageLayoutError``: `notFound` if the content of `root` itself is not there, `sizeMismatch`,
    ///   `digestMismatch`, `invalidDocument`, `limitExceeded`, `systemCall`.
    init(of root: Descriptor, in source: borrowing some ContentSource & ~Copyable) throws(ImageLayoutError) {
        guard try Self.isPresent(root, in: source) else {
            throw ImageLayoutError(.notFound, "blob \(root.digest)", "the image layout does not hold it")
        }
        try follow(root, enclosing: [], in: source)
    }

    /// All manifests and other content, and what is within the manifests.
    func everyDescriptor(in source: borrowing some ContentSource & ~Copyable) throws(ImageLayoutError) -> [Descriptor] {
        var all = indexes + others
        for descriptor in manifests + attestations {
            let manifest = try ImageManifest(descriptor, from: source)
            all.append(descriptor)
            all.append(manifest.config)
            all += manifest.layers
        }
        return all
    }

    private mutating func follow(
        _ descriptor: Descriptor,
        enclosing: [Digest],
        in source: borrowing some ContentSource & ~Copyable
    ) throws(ImageLayoutError) {
        count += 1
        guard count <= ImageLimits.descriptors else {
            throw ImageLayoutError(
                .limitExceeded,
                "image index \(enclosing.first ?? descriptor.digest)",
                "more than \(ImageLimits.descriptors) descriptors are reached from it"
            )
        }
        guard !enclosing.contains(descriptor.digest) else {
            throw ImageLayoutError(.invalidDocument, "image index \(descriptor.digest)", "it contains itself")
        }
        guard seen.insert(descriptor.digest).inserted else { return }
        guard try Self.isPresent(descriptor, in: source) else {
            absent.append(descriptor)
            return
        }
        switch descriptor.mediaType.kind {
        case .index:
            guard enclosing.count < ImageLimits.indexDepth else {
                throw ImageLayoutError(
                    .limitExceeded,
                    "image index \(descriptor.digest)",
                    "it lies deeper than \(ImageLimits.indexDepth) indexes"
                )
            }
            let index = try ImageIndex(descriptor, from: source)
            indexes.append(descriptor)
            for child in index.manifests {
                try follow(child, enclosing: enclosing + [descriptor.digest], in: source)
            }
        case .manifest:
            if descriptor.isAttestation { attestations.append(descriptor) } else { manifests.append(descriptor) }
        case .schema1:
            throw ImageLayoutError(
                .unsupportedMediaType,
                "image manifest \(descriptor.digest)",
                "it is of docker's schema 1",
                hint: "pull the image again from a registry that offers schema 2 or OCI"
            )
        default:
            others.append(descriptor)
        }
    }

    private static func isPresent(
        _ descriptor: Descriptor,
        in source: borrowing some ContentSource & ~Copyable
    ) throws(ImageLayoutError) -> Bool {
        guard let size = try source.size(of: descriptor.digest) else { return false }
        guard size == descriptor.size else {
            throw ImageLayoutError(
                .sizeMismatch,
                "blob \(descriptor.digest)",
                "its descriptor says \(descriptor.size) bytes, it has \(size)"
            )
        }
        return true
    }
}
