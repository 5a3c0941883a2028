// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
public import OCISpec

extension ImageLayoutDirectory {
    /// The manifests and indexes that an entry of the index stands for, itself among them.
    ///
    /// - Parameter entry: A manifest or an index.
    /// - Returns: The digests of those that are here.
    /// - Throws: ``ImageLayoutError``: `notFound`, `digestMismatch`, `sizeMismatch`, `invalidDocument`,
    ///   `limitExceeded`, `systemCall`.
    public func manifests(within entry: Descriptor) throws(ImageLayoutError) -> [Digest] {
        let graph = try ImageGraph(of: entry, in: blobs)
        return (graph.indexes + graph.manifests).map(\.digest)
    }

    /// Counts the blobs and their bytes, of all images and of each.
    ///
    /// - Returns: The numbers. A blob that two images have is counted once in the sums and as shared in both.
    /// - Throws: ``ImageLayoutError``: as ``collectGarbage(grace:released:pinned:)`` but `busy`.
    public func usage() throws(ImageLayoutError) -> LayoutUsage {
        var usage = LayoutUsage()
        var contents: [Digest: Set<Digest>] = [:]
        for root in try index().manifests {
            let name = (try? ImageName.of(root))?.description
            if let known = usage.images.firstIndex(where: { $0.descriptor.digest == root.digest }) {
                usage.images[known].names += [name].compactMap { $0 }
                continue
            }
            contents[root.digest] = try reachable(from: [root])
            usage.images.append(LayoutUsage.Image(descriptor: root, names: [name].compactMap { $0 }))
        }
        var owners: [Digest: [Int]] = [:]
        for (position, image) in usage.images.enumerated() {
            for digest in contents[image.descriptor.digest] ?? [] { owners[digest, default: []].append(position) }
        }
        try forEachBlob { (digest, status) throws(ImageLayoutError) in
            let bytes = Int64(clamping: status.size)
            usage.blobs += 1
            usage.bytes += bytes
            switch owners[digest] ?? [] {
            case let users where users.isEmpty:
                usage.unreferencedBlobs += 1
                usage.unreferencedBytes += bytes
            case let users where users.count == 1: usage.images[users[0]].uniqueBytes += bytes
            case let users: for position in users { usage.images[position].sharedBytes += bytes }
            }
        }
        return usage
    }
}
