// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
public import LinuxSystem
public import OCISpec
internal import SystemPackage

/// A blob that arrives in pieces over any number of runs.
///
/// What has arrived stays in the layout's directory `ingest/partial` until the blob is complete, the content turns out
/// to be another one, or garbage is collected; it is not visible as a blob. One value in all processes has a blob at a
/// time. While it lives, no blob is removed from the store.
public struct PartialBlob: ~Copyable, Sendable {
    private let store: BlobStore
    private let directory: RootDirectory
    private let content: LayoutLock
    private let opened: Opened
    private let name: FilePath
    private var hasher: ContentHasher
    /// The digest and size that the content must have.
    public let expected: BlobIdentity
    /// The number of bytes that have arrived.
    public private(set) var size: Int64 = 0
    /// What the server called the content's version, in the words of its header `ETag`; `nil` if it is not known.
    public private(set) var validator: String?
    /// Whether bytes of an earlier value are in it.
    public private(set) var isResumed = false

    /// Opens what has arrived of a blob and reads it once to go on with its digest; `nil` if another one has it.
    static func open(_ store: BlobStore, _ expected: Descriptor) throws(ImageLayoutError) -> PartialBlob? {
        let subject = "blob \(expected.digest)"
        let name = FilePath("\(expected.digest.algorithm.rawValue)-\(expected.digest.encoded)")
        let directory = try about(subject) { () throws(SystemCallError) in try store.partialDirectory() }
        let content = try about(subject) { () throws(SystemCallError) in
            try LayoutLock.take(.content, .shared, in: store.ingestDirectory())
        }
        guard let opened = try about(subject, { () throws(SystemCallError) in try Self.open(name, in: directory) })
        else {
            return nil
        }
        let identity = BlobIdentity(digest: expected.digest, size: expected.size)
        var blob = PartialBlob(store, directory, content, opened, name: name, identity)
        try blob.readPresent()
        return blob
    }

    private init(
        _ store: BlobStore,
        _ directory: consuming RootDirectory,
        _ content: consuming LayoutLock,
        _ opened: consuming Opened,
        name: FilePath,
        _ expected: BlobIdentity
    ) {
        self.store = store
        self.directory = directory
        self.content = content
        self.opened = opened
        self.name = name
        self.expected = expected
        hasher = ContentHasher(expected.digest.algorithm)
    }

    /// Two descriptors of one file: one to write to, one that holds the lock.
    private struct Opened: ~Copyable {
        let file: OwnedFileDescriptor
        let lock: FileLock
    }

    /// Opens the file and locks it; `nil` if another one has it.
    private static func open(
        _ name: FilePath,
        in directory: borrowing RootDirectory
    ) throws(SystemCallError) -> Opened? {
        while true {
            let flags = CLINUX_O_RDWR | CLINUX_O_CREAT | CLINUX_O_NOFOLLOW
            let file = try directory.open(name, flags, mode: 0o600, .noSymlinks)
            let held = try directory.open(name, flags, mode: 0o600, .noSymlinks)
            let (inode, other) = (try file.status().inode, try held.status().inode)
            guard let lock = try FileLock(trying: held, .exclusive) else { return nil }
            // Whoever had it may have completed it meanwhile: then the name stands for another file or none.
            let current: UInt64?
            do throws(SystemCallError) { current = try directory.status(name).inode } catch {
                if error.errno != .noSuchFileOrDirectory { throw error }
                current = nil
            }
            if inode == other, current == inode { return Opened(file: file, lock: lock) }
        }
    }

    private mutating func readPresent() throws(ImageLayoutError) {
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count: Int
            do throws(SystemCallError) { count = try opened.file.read(into: &buffer) } catch {
                throw ImageLayoutError(error, subject)
            }
            if count == 0 { break }
            unsafe buffer.withUnsafeBytes { unsafe hasher.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            size += Int64(count)
        }
        if size > expected.size { try restart() }
        isResumed = size > 0
        // A version that cannot be read is one that is not known: the digest decides in the end.
        let bytes = try? directory.readFile(validatorName, limit: 1024, .noSymlinks)
        validator = size > 0 ? bytes.map { String(decoding: $0, as: UTF8.self) } : nil
    }

    /// Notes what the server calls the content's version, before its first byte is written.
    ///
    /// - Parameter validator: The value of the header `ETag`, at most 1024 bytes; `nil` if there is none.
    /// - Throws: ``ImageLayoutError``: `systemCall`.
    public mutating func note(validator: String?) throws(ImageLayoutError) {
        guard validator != self.validator else { return }
        let bytes = Array((validator ?? "").utf8)
        do throws(SystemCallError) {
            if bytes.isEmpty || bytes.count > 1024 {
                try removeIfPresent(validatorName)
                self.validator = nil
            } else {
                try directory.replaceFile(validatorName, bytes, mode: 0o600, flushed: false)
                self.validator = validator
            }
        } catch {
            throw ImageLayoutError(error, subject)
        }
    }

    /// Appends `bytes`.
    ///
    /// - Throws: ``ImageLayoutError``: `sizeMismatch` as soon as there is more than expected, `systemCall`.
    public mutating func write(_ bytes: [UInt8]) throws(ImageLayoutError) {
        let (total, overflow) = size.addingReportingOverflow(Int64(bytes.count))
        guard !overflow, total <= expected.size else {
            throw ImageLayoutError(
                .sizeMismatch,
                subject,
                "it has more than the \(expected.size) bytes its descriptor states"
            )
        }
        do throws(SystemCallError) { try opened.file.write(bytes) } catch { throw ImageLayoutError(error, subject) }
        unsafe bytes.withUnsafeBytes { unsafe hasher.update($0) }
        size = total
    }

    /// Opens the file that the content arrives in, to be read by position while it grows. Nothing in it is verified.
    ///
    /// - Returns: A descriptor of its own.
    /// - Throws: ``ImageLayoutError``: `systemCall`.
    public func reader() throws(ImageLayoutError) -> OwnedFileDescriptor {
        do throws(SystemCallError) {
            return try directory.open(name, CLINUX_O_RDONLY | CLINUX_O_NOFOLLOW, .noSymlinks)
        } catch {
            throw ImageLayoutError(error, subject)
        }
    }

    /// Removes what has arrived, of a blob that is not kept.
    ///
    /// - Throws: ``ImageLayoutError``: `systemCall`.
    public consuming func discard() throws(ImageLayoutError) {
        do throws(SystemCallError) {
            try removeIfPresent(name)
            try removeIfPresent(validatorName)
        } catch {
            throw ImageLayoutError(error, subject)
        }
    }

    /// Drops what has arrived, to begin again.
    ///
    /// - Throws: ``ImageLayoutError``: `systemCall`.
    public mutating func restart() throws(ImageLayoutError) {
        let number = opened.file.rawValue
        do throws(SystemCallError) {
            try systemCall("ftruncate") { clinux_ftruncate(number, 0) }
            try systemCall("lseek") { clinux_lseek(number, 0, CLINUX_SEEK_SET) }
            try removeIfPresent(validatorName)
        } catch {
            throw ImageLayoutError(error, subject)
        }
        hasher = ContentHasher(expected.digest.algorithm)
        size = 0
        validator = nil
        isResumed = false
    }

    /// Checks size and digest. Content that is not the right one is dropped.
    ///
    /// - Throws: ``ImageLayoutError``: `sizeMismatch` if bytes are missing, which stay; `digestMismatch`, `systemCall`.
    public mutating func check() throws(ImageLayoutError) {
        guard size == expected.size else {
            throw ImageLayoutError(.sizeMismatch, subject, "its descriptor says \(expected.size) bytes, it has \(size)")
        }
        let digest = hasher.digest()
        guard digest == expected.digest else {
            try restart()
            throw BlobStore.mismatch(expected.digest, found: digest)
        }
    }

    /// Checks size and digest, flushes the content and makes it visible under its digest.
    ///
    /// - Returns: What the blob is known by.
    /// - Throws: ``ImageLayoutError``: as ``check()``.
    @discardableResult
    public consuming func commit() throws(ImageLayoutError) -> BlobIdentity {
        try check()
        let number = opened.file.rawValue
        do throws(SystemCallError) {
            try store.step(.contentWritten)
            try systemCall("fchmod") { clinux_fchmod(number, 0o444) }
            try opened.file.synchronize()
            try store.step(.contentSynchronized)
            try store.publish(name, in: directory, as: expected.digest)
            try store.step(.blobRenamed)
            try store.synchronizeDirectory(of: expected.digest.algorithm)
            try store.step(.directorySynchronized)
            try removeIfPresent(validatorName)
        } catch {
            throw ImageLayoutError(error, subject)
        }
        return expected
    }

    private borrowing func removeIfPresent(_ path: FilePath) throws(SystemCallError) {
        do throws(SystemCallError) { try directory.removeFile(path) } catch {
            if error.errno != .noSuchFileOrDirectory { throw error }
        }
    }

    private var validatorName: FilePath { FilePath("\(name).etag") }

    private var subject: String { "blob \(expected.digest)" }
}

extension BlobStore {
    /// Opens what has arrived of a blob in this run or in earlier ones, to go on with it.
    ///
    /// - Parameter expected: The blob.
    /// - Returns: The blob so far; `nil` if another process, or another task of this one, has it open.
    /// - Throws: ``ImageLayoutError``: `systemCall`.
    public func partial(_ expected: Descriptor) throws(ImageLayoutError) -> PartialBlob? {
        try PartialBlob.open(self, expected)
    }

    /// The directory of blobs that are not complete, which is made when it is missing.
    func partialDirectory() throws(SystemCallError) -> RootDirectory {
        let ingest = try ingestDirectory()
        do throws(SystemCallError) { return try ingest.directory("partial", .noSymlinks) } catch {
            if error.errno != .noSuchFileOrDirectory { throw error }
        }
        do throws(SystemCallError) { try ingest.makeDirectory("partial", mode: 0o700) } catch {
            if error.errno != .fileExists { throw error }
        }
        return try ingest.directory("partial", .noSymlinks)
    }

    /// Removes what has arrived of blobs and was last added to before `time`. The caller holds the content lock alone.
    func removePartials(before time: Int64) throws(SystemCallError) {
        let directory = try partialDirectory()
        for entry in try directory.entries() {
            let path = FilePath(bytes: entry.name)
            if try directory.status(path).modified.seconds <= time { try directory.removeTree(path) }
        }
    }
}
