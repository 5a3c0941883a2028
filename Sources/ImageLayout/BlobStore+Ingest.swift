// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
public import LinuxSystem
public import OCISpec
internal import SystemPackage

extension BlobStore {
    /// Begins a blob that its caller writes piece by piece.
    ///
    /// - Parameters:
    ///   - expected: The descriptor that the content must match, if there is one.
    ///   - algorithm: The digest's algorithm where no descriptor says it.
    /// - Returns: What the content is written to.
    /// - Throws: ``ImageLayoutError``: `systemCall`.
    public func writer(
        expecting expected: Descriptor? = nil,
        algorithm: Digest.Algorithm = .sha256
    ) throws(ImageLayoutError) -> BlobWriter {
        try writer(digest: expected?.digest, size: expected?.size, algorithm: algorithm)
    }

    /// As ``writer(expecting:algorithm:)``, where the digest may be known and the size not.
    func writer(
        digest: Digest?,
        size: Int64? = nil,
        algorithm: Digest.Algorithm = .sha256
    ) throws(ImageLayoutError) -> BlobWriter {
        let writer = try BlobWriter(self, digest: digest, size: size, algorithm: algorithm)
        try writer.step(.fileCreated)
        return writer
    }

    /// Stores `bytes` as a blob.
    ///
    /// - Throws: ``ImageLayoutError``: `sizeMismatch`, `digestMismatch`, `systemCall`. Nothing is left then.
    @discardableResult
    public func ingest(_ bytes: [UInt8], expecting expected: Descriptor? = nil) throws(ImageLayoutError) -> BlobIdentity
    {
        var writer = try writer(expecting: expected)
        try writer.write(bytes)
        return try writer.commit()
    }

    /// Stores what can be read from `source`, from its position to its end, as a blob.
    ///
    /// - Parameters:
    ///   - source: A file, pipe or socket.
    ///   - expected: The descriptor that the content must match, if there is one. Reading stops at one byte too many.
    /// - Returns: What the blob is known by.
    /// - Throws: ``ImageLayoutError``: `sizeMismatch`, `digestMismatch`, `systemCall`. Nothing is left then.
    @discardableResult
    public func ingest(
        from source: borrowing OwnedFileDescriptor,
        expecting expected: Descriptor? = nil
    ) throws(ImageLayoutError) -> BlobIdentity {
        var writer = try writer(expecting: expected)
        try writer.append(contentsOf: source)
        return try writer.commit()
    }

    /// Stores `document` as JSON and describes it.
    ///
    /// - Parameters:
    ///   - document: The document.
    ///   - mediaType: The media type that the descriptor gets.
    /// - Returns: The descriptor.
    /// - Throws: ``ImageLayoutError``: `systemCall`.
    public func put(
        _ document: some JSONRepresentable,
        mediaType: MediaType
    ) throws(ImageLayoutError) -> Descriptor {
        let identity = try ingest(document.json())
        return Descriptor(mediaType: mediaType, digest: identity.digest, size: identity.size)
    }

    /// Opens the directory of temporary files, which is made when it is missing.
    func ingestDirectory() throws(SystemCallError) -> RootDirectory {
        do throws(SystemCallError) { return try root.directory("ingest", .noSymlinks) } catch {
            if error.errno != .noSuchFileOrDirectory { throw error }
        }
        do throws(SystemCallError) { try root.makeDirectory("ingest", mode: 0o700) } catch {
            if error.errno != .fileExists { throw error }
        }
        return try root.directory("ingest", .noSymlinks)
    }

    /// Gives a temporary file, flushed already, its name as a blob.
    func publish(
        _ temporary: FilePath,
        in directory: borrowing RootDirectory,
        as digest: Digest
    ) throws(SystemCallError) {
        let path = Self.path(of: digest)
        do throws(SystemCallError) {
            try directory.rename(temporary, to: path, in: root)
        } catch {
            if error.errno != .noSuchFileOrDirectory { throw error }
            try root.makeDirectories(path.removingLastComponent())
            try root.directory("blobs", .noSymlinks).descriptor.synchronize()
            try directory.rename(temporary, to: path, in: root)
        }
    }

    /// Makes the names of blobs durable.
    func synchronizeDirectory(of algorithm: Digest.Algorithm) throws(SystemCallError) {
        try root.directory(FilePath("blobs/\(algorithm.rawValue)"), .noSymlinks).descriptor.synchronize()
    }

    /// Removes temporary files that dead processes left; does nothing while a writer lives.
    func sweep() throws(SystemCallError) {
        let directory: RootDirectory
        do throws(SystemCallError) { directory = try root.directory("ingest", .noSymlinks) } catch {
            if error.errno == .noSuchFileOrDirectory { return }
            throw error
        }
        let entries = try directory.entries()
        if !entries.contains(where: Self.isTemporary) { return }
        do throws(SystemCallError) {
            let lock = try LayoutLock.take(.content, .exclusiveNow, in: directory)
            try removeTemporaries(in: directory)
            _ = consume lock
        } catch {
            if error.errno != .resourceTemporarilyUnavailable { throw error }
        }
    }

    /// Whether an entry of `ingest` is worth nothing once its writer is gone; blobs that can be gone on with are not.
    private static func isTemporary(_ entry: DirectoryEntry) -> Bool {
        entry.name != Array("lock".utf8) && entry.name != Array("partial".utf8)
    }

    /// Removes every temporary file. The caller holds the content lock alone.
    func removeTemporaries(in directory: borrowing RootDirectory) throws(SystemCallError) {
        for entry in try directory.entries() where Self.isTemporary(entry) {
            try directory.removeTree(FilePath(bytes: entry.name))
        }
    }
}
