// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

extension ImageLayoutDirectory {
    /// Finds the image called `name` for one platform.
    ///
    /// - Parameters:
    ///   - name: As for ``find(_:)``.
    ///   - platform: The platform; this machine's unless told otherwise.
    /// - Returns: The image, with its documents.
    /// - Throws: ``ImageLayoutError``: `notFound`, `ambiguous`, `noMatchingPlatform`, `digestMismatch`, `sizeMismatch`,
    ///   `invalidDocument`, `unsupportedMediaType`, `limitExceeded`, `systemCall`.
    public func resolve(_ name: String, platform: Platform = .host) throws(ImageLayoutError) -> ResolvedImage {
        try resolve(find(name), asked: name, platform: platform)
    }

    /// Finds the image that `reference` stands for. A digest in it decides; a tag beside a digest says nothing.
    ///
    /// - Throws: As ``resolve(_:platform:)-(String,_)``.
    public func resolve(
        _ reference: Reference,
        platform: Platform = .host
    ) throws(ImageLayoutError) -> ResolvedImage {
        let name = reference.description
        return try resolve(find(name), asked: name, platform: platform)
    }

    /// Finds the image with this ID, whatever its platform and its names.
    ///
    /// - Parameter id: The digest of its configuration, ``ResolvedImage/id``.
    /// - Returns: The image, under the first name that is found for it.
    /// - Throws: ``ImageLayoutError``: `notFound`, `digestMismatch`, `sizeMismatch`, `invalidDocument`,
    ///   `unsupportedMediaType`, `limitExceeded`, `systemCall`.
    public func resolve(id: Digest) throws(ImageLayoutError) -> ResolvedImage {
        for descriptor in try index().manifests {
            let graph = try readable { () throws(ImageLayoutError) in try ImageGraph(of: descriptor, in: blobs) }
            for candidate in graph?.manifests ?? [] {
                let manifest = try readable { () throws(ImageLayoutError) in try ImageManifest(candidate, from: blobs) }
                guard manifest?.config.digest == id else { continue }
                return try ResolvedImage(candidate, reference: try? ImageName.of(descriptor)?.reference, from: blobs)
            }
        }
        throw ImageLayoutError(.notFound, "image \(id)", "the image layout \(path) does not hold it")
    }

    /// Reads the image of a manifest that is here, whether the index lists it or not.
    ///
    /// - Parameter manifest: The manifest.
    /// - Returns: The image, without a name.
    /// - Throws: ``ImageLayoutError``: `notFound`, `digestMismatch`, `sizeMismatch`, `invalidDocument`,
    ///   `unsupportedMediaType`, `limitExceeded`, `systemCall`.
    public func resolve(manifest: Descriptor) throws(ImageLayoutError) -> ResolvedImage {
        try ResolvedImage(manifest, reference: nil, from: blobs)
    }

    private func resolve(
        _ match: ImageMatch,
        asked: String,
        platform: Platform
    ) throws(ImageLayoutError) -> ResolvedImage {
        var candidates: [(manifest: Descriptor, platform: Platform)] = []
        for descriptor in match.descriptors {
            for manifest in try ImageGraph(of: descriptor, in: blobs).manifests {
                candidates.append((manifest, try self.platform(of: manifest)))
            }
        }
        guard let index = platform.bestMatch(among: candidates.map(\.platform)) else {
            let offered = Set(candidates.map { "\($0.platform)" }).sorted().joined(separator: ", ")
            throw ImageLayoutError(
                .noMatchingPlatform,
                "image \(asked)",
                "it is not there for \(platform)" + (offered.isEmpty ? "" : ", only for \(offered)")
            )
        }
        return try ResolvedImage(candidates[index].manifest, reference: match.reference, from: blobs)
    }

    /// What the descriptor says, or else the configuration.
    private func platform(of manifest: Descriptor) throws(ImageLayoutError) -> Platform {
        if let platform = manifest.platform { return platform }
        let document = try ImageManifest(manifest, from: blobs)
        return try ImageConfiguration(document.config, from: blobs).platform
    }
}
