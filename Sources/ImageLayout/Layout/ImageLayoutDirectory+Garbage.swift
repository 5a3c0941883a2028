// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
public import OCISpec
internal import SystemPackage

extension ImageLayoutDirectory {
    /// Keeps every blob from being removed until the lease goes away.
    ///
    /// - Throws: ``ImageLayoutError``: `systemCall`.
    public func lease() throws(ImageLayoutError) -> ContentLease {
        try about("image layout \(path)") { () throws(SystemCallError) in
            ContentLease(try LayoutLock.take(.content, .shared, in: blobs.ingestDirectory()))
        }
    }

    /// Removes the blobs that no image of the index refers to.
    ///
    /// Nothing is removed while anyone writes to the layout or holds a lease, or when an image cannot be read to its
    /// end, since what it refers to is not known then.
    ///
    /// What has arrived of a blob whose transfer was interrupted is removed likewise.
    ///
    /// - Parameters:
    ///   - grace: Blobs that were written more recently than this stay, for writers that hold no lease.
    ///   - released: What ``remove(_:)`` returned: the blobs of these are removed however recent they are.
    ///   - pinned: Manifests and indexes whose blobs stay, although the index does not list them.
    /// - Returns: What was removed.
    /// - Throws: ``ImageLayoutError``: `busy`, `invalidDocument`, `digestMismatch`, `sizeMismatch`, `limitExceeded`,
    ///   `systemCall`. Images are never affected.
    @discardableResult
    public func collectGarbage(
        grace: Duration = .seconds(3600),
        released: [Descriptor] = [],
        pinned: [Descriptor] = []
    ) throws(ImageLayoutError) -> GarbageReport {
        let lock = try lockForRemoval()
        let now = try about("image layout \(path)") { () throws(SystemCallError) in
            let directory = try blobs.ingestDirectory()
            try blobs.removeTemporaries(in: directory)
            let now = try Self.currentTime(of: directory)
            try blobs.removePartials(before: now - grace.components.seconds)
            return now
        }
        let referenced = try reachable(from: index().manifests + pinned)
        // What is damaged of a released image cannot be told from what another writer has just added.
        let free = (try? reachable(from: released)) ?? []
        var report = GarbageReport()
        try forEachBlob { (digest, status) throws(ImageLayoutError) in
            let isOld = now - status.modified.seconds >= grace.components.seconds
            guard !referenced.contains(digest), isOld || free.contains(digest) else { return }
            try about("blob \(digest)") { () throws(SystemCallError) in
                try blobs.root.removeFile(BlobStore.path(of: digest))
            }
            report.digests.append(digest)
            report.bytes += Int64(clamping: status.size)
        }
        _ = consume lock
        return report
    }

    func lockForRemoval() throws(ImageLayoutError) -> LayoutLock {
        do throws(SystemCallError) {
            return try LayoutLock.take(.content, .exclusiveNow, in: blobs.ingestDirectory())
        } catch {
            if error.errno == .resourceTemporarilyUnavailable {
                throw ImageLayoutError(
                    .busy,
                    "image layout \(path)",
                    "content is being added to it",
                    hint: "try again when that is done"
                )
            }
            throw ImageLayoutError(error, "image layout \(path)")
        }
    }

    /// The digests of everything that can be reached from `roots`.
    func reachable(from roots: [Descriptor]) throws(ImageLayoutError) -> Set<Digest> {
        var digests: Set<Digest> = []
        for root in roots {
            digests.insert(root.digest)
            // What is missing anyway refers to nothing.
            guard try blobs.contains(root.digest) else { continue }
            let graph = try ImageGraph(of: root, in: blobs)
            for descriptor in try graph.everyDescriptor(in: blobs) { digests.insert(descriptor.digest) }
        }
        return digests
    }

    /// Calls `body` with every blob; files with other names are left alone.
    func forEachBlob(
        _ body: (Digest, FileStatus) throws(ImageLayoutError) -> Void
    ) throws(ImageLayoutError) {
        for algorithm in [Digest.Algorithm.sha256, .sha512] {
            let entries: [DirectoryEntry]
            do throws(SystemCallError) {
                entries = try blobs.root.directory(FilePath("blobs/\(algorithm.rawValue)"), .noSymlinks).entries()
            } catch {
                if error.errno == .noSuchFileOrDirectory { continue }
                throw ImageLayoutError(error, "image layout \(path)")
            }
            for entry in entries where entry.name.allSatisfy({ $0 < 0x80 }) {
                guard let digest = try? Digest("\(algorithm.rawValue):\(String(decoding: entry.name, as: UTF8.self))")
                else { continue }
                let status = try about("blob \(digest)") { () throws(SystemCallError) in
                    try blobs.root.status(BlobStore.path(of: digest))
                }
                try body(digest, status)
            }
        }
    }

    /// The time by the clock that stamps the layout's files, in seconds since 1970.
    private static func currentTime(of directory: borrowing RootDirectory) throws(SystemCallError) -> Int64 {
        let file = try directory.open(
            "clock",
            CLINUX_O_WRONLY | CLINUX_O_CREAT | CLINUX_O_TRUNC | CLINUX_O_NOFOLLOW,
            mode: 0o600,
            .noSymlinks
        )
        try file.write([0])
        let seconds = try file.status().modified.seconds
        try directory.removeFile("clock")
        return seconds
    }
}
