// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec

extension ImageLayoutDirectory {
    /// Finds the entries of the index that `name` stands for.
    ///
    /// The first of these that fits anything decides: a digest (`sha256:…`, or at the end of a reference, whose tag
    /// then says nothing); the whole name as stored, where `docker.io/library/` and `:latest` may be left out; its end
    /// from a `/` on; its tag; the first four or more digits of the image's ID or of its manifest's digest.
    ///
    /// - Throws: ``ImageLayoutError``: `notFound`, `ambiguous` if different images fit equally well, `systemCall`.
    public func find(_ name: String) throws(ImageLayoutError) -> ImageMatch { try find(name, in: index()) }

    func find(_ name: String, in index: ImageIndex) throws(ImageLayoutError) -> ImageMatch {
        if let digest = (try? Digest(name)) ?? (try? Reference(name))?.digest {
            return try find(digest, in: index, asked: name)
        }
        let named = index.manifests.compactMap { descriptor in
            // An entry with a name that is none can still be found by its digest.
            (try? ImageName.of(descriptor)).map { (descriptor, $0) }
        }
        let asked = (try? Reference(name))
        let tests: [(ImageName) -> Bool] = [
            { $0.description == name },
            { stored in asked != nil && (stored.reference ?? (try? Reference(stored.description))) == asked },
            { Self.hasEnding($0.description, name) },
            { $0.reference?.tag == name },
        ]
        for test in tests {
            let matches = named.filter { test($0.1) }
            guard let first = matches.first else { continue }
            guard matches.allSatisfy({ $0.1 == first.1 || $0.0.digest == first.0.digest }) else {
                throw Self.ambiguous(name, matches.map { $0.1.description })
            }
            return ImageMatch(
                descriptors: matches.filter { $0.1 == first.1 }.map { $0.0 },
                reference: first.1.reference
            )
        }
        return try find(idPrefix: name, in: index)
    }

    /// Finds a digest in the index itself, then within the indexes that it lists, then among the IDs.
    private func find(_ digest: Digest, in index: ImageIndex, asked: String) throws(ImageLayoutError) -> ImageMatch {
        let direct = index.manifests.filter { $0.digest == digest }
        if let first = direct.first {
            return ImageMatch(descriptors: direct, reference: try? ImageName.of(first)?.reference)
        }
        for descriptor in index.manifests {
            guard let graph = try readable({ () throws(ImageLayoutError) in try ImageGraph(of: descriptor, in: blobs) })
            else { continue }
            if let inner = (graph.indexes + graph.manifests).first(where: { $0.digest == digest }) {
                return ImageMatch(descriptors: [inner], reference: try? ImageName.of(descriptor)?.reference)
            }
        }
        return try find(idPrefix: asked, in: index)
    }

    private func find(idPrefix asked: String, in index: ImageIndex) throws(ImageLayoutError) -> ImageMatch {
        let prefix = asked.utf8.starts(with: "sha256:".utf8) ? String(asked.dropFirst(7)) : asked
        let isHex = prefix.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
        }
        guard isHex, prefix.utf8.count >= 4 else { throw notFound(asked) }
        var matches: [Descriptor] = []
        for descriptor in index.manifests
        where try identifiers(of: descriptor).contains(where: { $0.encoded.hasPrefix(prefix) }) {
            matches.append(descriptor)
        }
        guard let first = matches.first else { throw notFound(asked) }
        guard matches.allSatisfy({ $0.digest == first.digest }) else {
            throw Self.ambiguous(asked, matches.map { "\($0.digest)" })
        }
        return ImageMatch(descriptors: matches, reference: try? ImageName.of(first)?.reference)
    }

    /// The digests by which an entry is known: its own, those of its manifests, and those of their configurations.
    private func identifiers(of descriptor: Descriptor) throws(ImageLayoutError) -> [Digest] {
        var digests = [descriptor.digest]
        guard let graph = try readable({ () throws(ImageLayoutError) in try ImageGraph(of: descriptor, in: blobs) })
        else { return digests }
        for manifest in graph.manifests {
            digests.append(manifest.digest)
            if let document = try readable({ () throws(ImageLayoutError) in try ImageManifest(manifest, from: blobs) })
            {
                digests.append(document.config.digest)
            }
        }
        return digests
    }

    /// What `body` returns, or `nil` if an image is damaged: one damaged image must not hide the others.
    func readable<Value>(_ body: () throws(ImageLayoutError) -> Value) throws(ImageLayoutError) -> Value? {
        do throws(ImageLayoutError) { return try body() } catch {
            if error.code == .systemCall { throw error }
            return nil
        }
    }

    /// Whether `stored` ends in `/` and `name`, where `name` may lack the tag `latest`.
    private static func hasEnding(_ stored: String, _ name: String) -> Bool {
        let utf8 = Array(stored.utf8)
        return [name, name + ":latest"].contains { utf8.suffix($0.utf8.count + 1).elementsEqual("/\($0)".utf8) }
    }

    private func notFound(_ name: String) -> ImageLayoutError {
        ImageLayoutError(.notFound, "image \(name)", "the image layout \(path) does not hold it")
    }

    private static func ambiguous(_ name: String, _ candidates: [String]) -> ImageLayoutError {
        ImageLayoutError(
            .ambiguous,
            "image \(name)",
            "it could be any of \(candidates.prefix(5).joined(separator: ", "))",
            hint: "use the whole name"
        )
    }
}
