// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import OCISpec
internal import SystemPackage

/// Blobs that were written and verified, and become visible together or not at all.
///
/// Until ``commit(keeping:)`` they are temporary files, removed when the transaction goes away. While it lives, no blob
/// is removed from the store, so what the store holds already can be relied on.
struct BlobTransaction: ~Copyable {
    private struct Staged {
        let temporary: FilePath
        let size: Int64
    }

    let store: BlobStore
    private let directory: RootDirectory
    private let lock: LayoutLock
    private var staged: [Digest: Staged] = [:]

    init(_ store: BlobStore) throws(ImageLayoutError) {
        let subject = "image layout \(store.name)"
        let directory = try about(subject) { () throws(SystemCallError) in try store.ingestDirectory() }
        let lock = try about(subject) { () throws(SystemCallError) in
            try LayoutLock.take(.content, .shared, in: store.ingestDirectory())
        }
        self.store = store
        self.directory = directory
        self.lock = lock
    }

    /// Takes over a finished blob.
    mutating func stage(_ writer: consuming BlobWriter) throws(ImageLayoutError) -> BlobIdentity {
        let (identity, temporary) = try writer.stage()
        if staged[identity.digest] != nil {
            try about("blob \(identity.digest)") { () throws(SystemCallError) in try directory.removeFile(temporary) }
        } else {
            staged[identity.digest] = Staged(temporary: temporary, size: identity.size)
        }
        return identity
    }

    /// Stages `bytes`.
    mutating func stage(_ bytes: [UInt8]) throws(ImageLayoutError) -> BlobIdentity {
        var writer = try store.writer()
        try writer.write(bytes)
        return try stage(writer)
    }

    /// Opens a staged blob, or one of the store.
    func open(_ digest: Digest) throws(ImageLayoutError) -> Blob {
        guard let blob = staged[digest] else { return try store.open(digest) }
        let file = try about("blob \(digest)") { () throws(SystemCallError) in
            try directory.open(blob.temporary, CLINUX_O_RDONLY | CLINUX_O_NOFOLLOW, .noSymlinks)
        }
        return Blob(digest: digest, size: blob.size, file: file)
    }

    /// Flushes the staged blobs that are among `needed` and makes them visible; the others are dropped.
    ///
    /// What was made visible before a failure stays as unreferenced blobs, which garbage collection removes.
    mutating func commit(keeping needed: Set<Digest>) throws(ImageLayoutError) {
        var algorithms: Set<Digest.Algorithm> = []
        for (digest, blob) in staged where needed.contains(digest) {
            do throws(SystemCallError) {
                try directory.open(blob.temporary, CLINUX_O_RDONLY | CLINUX_O_NOFOLLOW, .noSymlinks).synchronize()
                try store.step(.contentSynchronized)
                try store.publish(blob.temporary, in: directory, as: digest)
                try store.step(.blobRenamed)
            } catch {
                throw ImageLayoutError(error, "blob \(digest)")
            }
            staged[digest] = nil
            algorithms.insert(digest.algorithm)
        }
        do throws(SystemCallError) {
            for algorithm in algorithms { try store.synchronizeDirectory(of: algorithm) }
            try store.step(.directorySynchronized)
        } catch {
            throw ImageLayoutError(error, "image layout \(store.name)")
        }
    }

    deinit {
        // What cannot be removed now is swept when the layout is opened next.
        for blob in staged.values { try? directory.removeFile(blob.temporary) }
    }
}

extension BlobTransaction: ContentSource {
    func size(of digest: Digest) throws(ImageLayoutError) -> Int64? {
        if let blob = staged[digest] { return blob.size }
        return try store.size(of: digest)
    }

    func read(_ digest: Digest, size: Int64?, limit: Int) throws(ImageLayoutError) -> [UInt8] {
        guard let blob = staged[digest] else { return try store.read(digest, size: size, limit: limit) }
        if let size, size != blob.size {
            throw ImageLayoutError(
                .sizeMismatch,
                "blob \(digest)",
                "its descriptor says \(size) bytes, it has \(blob.size)"
            )
        }
        guard blob.size <= limit else {
            throw ImageLayoutError(
                .limitExceeded,
                "blob \(digest)",
                "it has \(blob.size) bytes, more than the \(limit) allowed"
            )
        }
        let file = try open(digest)
        return try about("blob \(digest)") { () throws(SystemCallError) in try file.file.readAll(limit: limit) }
    }
}
