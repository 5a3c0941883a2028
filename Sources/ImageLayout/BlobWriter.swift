// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
public import LinuxSystem
internal import OCISpec
internal import SystemPackage

/// A blob that is being written.
///
/// The content is hashed as it arrives. Until ``commit()`` has returned, nobody else sees it; a writer that goes away
/// before that removes what it wrote. While it lives, no blob is removed from the store.
public struct BlobWriter: ~Copyable, Sendable {
    private let store: BlobStore
    private let directory: RootDirectory
    private let lock: LayoutLock
    private let file: OwnedFileDescriptor
    private let temporary: FilePath
    private let expectedDigest: Digest?
    private let expectedSize: Int64?
    private var hasher: ContentHasher
    private var isPending = true
    /// The number of bytes written so far.
    public private(set) var size: Int64 = 0
    /// The first bytes written, at most eight: enough to tell how the content is compressed.
    package private(set) var prefix: [UInt8] = []

    init(
        _ store: BlobStore,
        digest: Digest?,
        size: Int64?,
        algorithm: Digest.Algorithm
    ) throws(ImageLayoutError) {
        let subject = "image layout \(store.name)"
        let directory = try about(subject) { () throws(SystemCallError) in try store.ingestDirectory() }
        let lock = try about(subject) { () throws(SystemCallError) in
            try LayoutLock.take(.content, .shared, in: store.ingestDirectory())
        }
        let temporary = FilePath("blob-\(String(UInt64.random(in: .min ... .max), radix: 36))")
        let file = try about(subject) { () throws(SystemCallError) in
            try store.ingestDirectory().open(
                temporary,
                CLINUX_O_RDWR | CLINUX_O_CREAT | CLINUX_O_EXCL | CLINUX_O_NOFOLLOW,
                mode: 0o444,
                .noSymlinks
            )
        }
        self.store = store
        self.directory = directory
        self.lock = lock
        self.file = file
        self.temporary = temporary
        expectedDigest = digest
        expectedSize = size
        hasher = ContentHasher(digest?.algorithm ?? algorithm)
    }

    /// Appends `bytes`.
    ///
    /// - Throws: ``ImageLayoutError``: `sizeMismatch` as soon as there is more than expected, `systemCall`.
    public mutating func write(_ bytes: [UInt8]) throws(ImageLayoutError) {
        try write(bytes.span)
    }

    /// Appends `bytes`.
    ///
    /// - Throws: As ``write(_:)-([UInt8])``.
    public mutating func write(_ bytes: Span<UInt8>) throws(ImageLayoutError) {
        try unsafe bytes.withUnsafeBytes { (raw: UnsafeRawBufferPointer) throws(ImageLayoutError) in
            try unsafe write(raw)
        }
    }

    mutating func write(_ bytes: UnsafeRawBufferPointer) throws(ImageLayoutError) {
        let (total, overflow) = size.addingReportingOverflow(Int64(bytes.count))
        if overflow || total > expectedSize ?? .max {
            throw ImageLayoutError(
                .sizeMismatch,
                subject,
                "it has more than the \(expectedSize ?? .max) bytes its descriptor states"
            )
        }
        if prefix.count < 8 { unsafe prefix.append(contentsOf: bytes.prefix(8 - prefix.count)) }
        unsafe hasher.update(bytes)
        let number = file.rawValue
        var rest = unsafe bytes
        while unsafe !rest.isEmpty {
            let count: Int
            do throws(SystemCallError) {
                count = try systemCall("write") { unsafe clinux_write(number, rest.baseAddress, rest.count) }
            } catch {
                throw ImageLayoutError(error, subject)
            }
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        size = total
    }

    /// Appends what can be read from `source`, from its position to its end.
    ///
    /// - Throws: As ``write(_:)-([UInt8])``. Reading stops at one byte too many.
    public mutating func append(contentsOf source: borrowing OwnedFileDescriptor) throws(ImageLayoutError) {
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count: Int
            do throws(SystemCallError) { count = try source.read(into: &buffer) } catch {
                throw ImageLayoutError(error, subject)
            }
            if count == 0 { return }
            try write(buffer.span.extracting(0..<count))
        }
    }

    /// Checks size and digest, flushes the content and makes it visible under its digest.
    ///
    /// A blob of the same digest that is there already is replaced by the same content. On failure nothing is left.
    ///
    /// - Throws: ``ImageLayoutError``: `sizeMismatch`, `digestMismatch`, `systemCall`.
    public consuming func commit() throws(ImageLayoutError) -> BlobIdentity {
        let identity = try check()
        do throws(SystemCallError) {
            try file.synchronize()
            try store.step(.contentSynchronized)
            try store.publish(temporary, in: directory, as: identity.digest)
            isPending = false
            try store.step(.blobRenamed)
            try store.synchronizeDirectory(of: identity.digest.algorithm)
            try store.step(.directorySynchronized)
        } catch {
            throw ImageLayoutError(error, "blob \(identity.digest)")
        }
        return identity
    }

    /// Checks size and digest and hands the temporary file over, flushed or not, to whoever publishes it later.
    consuming func stage() throws(ImageLayoutError) -> (identity: BlobIdentity, temporary: FilePath) {
        let identity = try check()
        isPending = false
        return (identity, temporary)
    }

    private borrowing func check() throws(ImageLayoutError) -> BlobIdentity {
        try step(.contentWritten)
        if let expectedSize, size != expectedSize {
            throw ImageLayoutError(
                .sizeMismatch,
                subject,
                "its descriptor says \(expectedSize) bytes, it has \(size)"
            )
        }
        let digest = hasher.digest()
        if let expectedDigest, digest != expectedDigest {
            throw BlobStore.mismatch(expectedDigest, found: digest)
        }
        return BlobIdentity(digest: digest, size: size)
    }

    borrowing func step(_ step: IngestStep) throws(ImageLayoutError) {
        do throws(SystemCallError) { try store.step(step) } catch { throw ImageLayoutError(error, subject) }
    }

    private var subject: String { expectedDigest.map { "blob \($0)" } ?? "new blob in \(store.name)" }

    deinit {
        // What cannot be removed now is swept when the layout is opened next.
        if isPending { try? directory.removeFile(temporary) }
    }
}
