// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import OCISpec
internal import SystemPackage

extension ImageLayoutDirectory {
    /// Reads every blob and every document, and finds out whether each image is whole.
    ///
    /// Of an index, platforms that are not there at all are not missed: neither a manifest that is absent nor one whose
    /// configuration is. A platform of which a part is there has to be whole.
    ///
    /// - Parameter repair: What is done about what is found.
    /// - Returns: What is wrong, before anything was repaired, and what was removed.
    /// - Throws: ``ImageLayoutError``: `notALayout`, `invalidDocument`, `limitExceeded` or `systemCall` if the index
    ///   cannot be read, which nothing here repairs; `busy` if something is to be repaired and somebody adds content.
    ///   What was removed until then is gone.
    @discardableResult
    public func check(repairing repair: LayoutRepair = .nothing) throws(ImageLayoutError) -> LayoutCheck {
        // Nobody takes away what is being read; nobody relies on what is being removed.
        let lock = repair == .nothing ? try lockForReading() : try lockForRemoval()
        let roots = try index().manifests
        var check = LayoutCheck()
        var damaged: Set<Digest> = []
        try forEachBlob { (digest, status) throws(ImageLayoutError) in
            check.blobs += 1
            check.bytes += Int64(clamping: status.size)
            do throws(ImageLayoutError) { _ = try blobs.open(digest, verify: true) } catch {
                check.problems.append(error)
                damaged.insert(digest)
            }
        }
        var broken: Set<Digest> = []
        for root in roots {
            do throws(ImageLayoutError) { try checkImage(root, damaged) } catch {
                // A damaged blob was told of already.
                if !check.problems.contains(error) { check.problems.append(error) }
                broken.insert(root.digest)
            }
        }
        if repair != .nothing { try remove(damaged, &check) }
        _ = consume lock
        if repair == .images { try removeImages(broken, &check) }
        return check
    }

    /// Keeps blobs from being removed; `nil` on a read-only file system, where nobody can.
    func lockForReading() throws(ImageLayoutError) -> LayoutLock? {
        do throws(SystemCallError) { return try LayoutLock.take(.content, .shared, in: blobs.ingestDirectory()) } catch
        {
            if error.errno == .readOnlyFileSystem || error.errno == .permissionDenied { return nil }
            throw ImageLayoutError(error, "image layout \(path)")
        }
    }

    private func remove(_ damaged: Set<Digest>, _ check: inout LayoutCheck) throws(ImageLayoutError) {
        for digest in damaged {
            try about("blob \(digest)") { () throws(SystemCallError) in
                try blobs.root.removeTree(BlobStore.path(of: digest))
            }
            check.removedBlobs.append(digest)
        }
    }

    private func removeImages(_ broken: Set<Digest>, _ check: inout LayoutCheck) throws(ImageLayoutError) {
        var removed: [Descriptor] = []
        try updateIndex { (index) throws(ImageLayoutError) in
            removed = index.manifests.filter { broken.contains($0.digest) }
            index.manifests.removeAll { removed.contains($0) }
        }
        check.removedImages = removed
    }

    /// Finds out whether what an entry of the index stands for is whole.
    private func checkImage(_ root: Descriptor, _ damaged: Set<Digest>) throws(ImageLayoutError) {
        let name = (try? ImageName.of(root))?.description ?? "\(root.digest)"
        _ = try ImageName.of(root)
        let graph = try ImageGraph(of: root, in: blobs)
        for descriptor in graph.indexes + graph.others { try checkBlob(descriptor, of: name, damaged) }
        for descriptor in graph.manifests + graph.attestations {
            let manifest = try ImageManifest(descriptor, from: blobs)
            if descriptor.digest != root.digest, try !blobs.contains(manifest.config.digest) { continue }
            let layers = root.annotations?[Self.layersElsewhere] == nil ? manifest.layers : []
            for part in [descriptor, manifest.config] + layers { try checkBlob(part, of: name, damaged) }
            if manifest.config.mediaType.kind == .configuration {
                _ = try ResolvedImage(descriptor, reference: nil, from: blobs)
            }
        }
    }

    private func checkBlob(
        _ descriptor: Descriptor,
        of image: String,
        _ damaged: Set<Digest>
    ) throws(ImageLayoutError) {
        guard let size = try blobs.size(of: descriptor.digest), !damaged.contains(descriptor.digest) else {
            throw ImageLayoutError(
                .notFound,
                "image \(image)",
                "blob \(descriptor.digest) is missing or damaged",
                hint: "pull or load the image again"
            )
        }
        guard size == descriptor.size else {
            throw ImageLayoutError(
                .sizeMismatch,
                "image \(image)",
                "blob \(descriptor.digest) has \(size) bytes, its descriptor says \(descriptor.size)"
            )
        }
    }
}
