// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
public import OCISpec
internal import SystemPackage

/// The blobs of an OCI image layout: files that are known by the digest of their content.
///
/// A blob becomes visible by one rename, after its size and digest were checked and its content was flushed. Temporary
/// files live in the directory `ingest` of the layout, which only its owner can enter. Any number of processes may use
/// one store at a time. All methods block until the file system has answered.
///
/// - SeeAlso: OCI image-spec 1.1, image-layout.md, "Blobs".
public final class BlobStore: Sendable {
    /// The directory of the layout.
    let root: RootDirectory
    /// What the directory is called in errors.
    let name: String
    /// Called at each step of an ingest; what it returns makes the step fail. For tests.
    private let onStep: (@Sendable (IngestStep) -> SystemCallError?)?

    init(
        root: consuming RootDirectory,
        name: String,
        onStep: (@Sendable (IngestStep) -> SystemCallError?)?
    ) {
        self.root = root
        self.name = name
        self.onStep = onStep
    }

    /// Opens a blob.
    ///
    /// - Parameters:
    ///   - digest: The blob's digest.
    ///   - size: The size that its descriptor states, if there is one.
    ///   - verify: Whether to read the blob once and compare its digest before it is handed out.
    /// - Returns: The blob, to be read from its beginning.
    /// - Throws: ``ImageLayoutError``: `notFound`, `sizeMismatch`, `digestMismatch`, `systemCall`.
    public func open(_ digest: Digest, size: Int64? = nil, verify: Bool = false) throws(ImageLayoutError) -> Blob {
        let file = try openFile(digest)
        let status = try about("blob \(digest)") { () throws(SystemCallError) in try file.status() }
        guard status.kind == .regular, let found = Int64(exactly: status.size) else {
            throw ImageLayoutError(.notALayout, "blob \(digest)", "it is not a regular file")
        }
        if let size, size != found {
            throw ImageLayoutError(
                .sizeMismatch,
                "blob \(digest)",
                "its descriptor says \(size) bytes, it has \(found)"
            )
        }
        if verify { try Self.verify(file, digest) }
        return Blob(digest: digest, size: found, file: file)
    }

    private func openFile(_ digest: Digest) throws(ImageLayoutError) -> OwnedFileDescriptor {
        do throws(SystemCallError) {
            return try root.open(
                Self.path(of: digest),
                CLINUX_O_RDONLY | CLINUX_O_NOFOLLOW | CLINUX_O_NONBLOCK | CLINUX_O_NOCTTY,
                .noSymlinks
            )
        } catch {
            if error.errno == .noSuchFileOrDirectory {
                throw ImageLayoutError(.notFound, "blob \(digest)", "the image layout \(name) does not hold it")
            }
            throw ImageLayoutError(error, "blob \(digest)")
        }
    }

    /// Opens the blob that `descriptor` describes.
    ///
    /// - Throws: As ``open(_:size:verify:)``.
    public func open(_ descriptor: Descriptor, verify: Bool = false) throws(ImageLayoutError) -> Blob {
        try open(descriptor.digest, size: descriptor.size, verify: verify)
    }

    /// Whether the store holds a blob, without looking at its content.
    ///
    /// - Throws: ``ImageLayoutError``: `systemCall`.
    public func contains(_ digest: Digest) throws(ImageLayoutError) -> Bool { try size(of: digest) != nil }

    /// The size of a blob in bytes, or `nil` if the store does not hold it.
    ///
    /// - Throws: ``ImageLayoutError``: `systemCall`.
    public func size(of digest: Digest) throws(ImageLayoutError) -> Int64? {
        do throws(SystemCallError) {
            let status = try root.open(
                Self.path(of: digest),
                CLINUX_O_PATH | CLINUX_O_NOFOLLOW,
                .noSymlinks
            ).status()
            return status.kind == .regular ? Int64(exactly: status.size) : nil
        } catch {
            if error.errno == .noSuchFileOrDirectory { return nil }
            throw ImageLayoutError(error, "blob \(digest)")
        }
    }

    /// Reads a whole blob and verifies its digest.
    ///
    /// - Parameters:
    ///   - digest: The blob's digest.
    ///   - size: The size that its descriptor states, if there is one.
    ///   - limit: Greatest size in bytes.
    /// - Returns: The content.
    /// - Throws: ``ImageLayoutError``: `limitExceeded`, or as ``open(_:size:verify:)``.
    public func read(
        _ digest: Digest,
        size: Int64? = nil,
        limit: Int = ImageLimits.document
    ) throws(ImageLayoutError) -> [UInt8] {
        let blob = try open(digest, size: size)
        guard blob.size <= limit else {
            throw ImageLayoutError(
                .limitExceeded,
                "blob \(digest)",
                "it has \(blob.size) bytes, more than the \(limit) allowed"
            )
        }
        let bytes = try about("blob \(digest)") { () throws(SystemCallError) in try blob.file.readAll(limit: limit) }
        let found = ContentHasher.digest(of: bytes, digest.algorithm)
        guard found == digest else { throw Self.mismatch(digest, found: found) }
        return bytes
    }

    /// Lets a test make the ingest fail here.
    func step(_ step: IngestStep) throws(SystemCallError) {
        if let error = onStep?(step) { throw error }
    }

    /// The path of a blob below the layout's directory; made from the parsed digest, never from text.
    static func path(of digest: Digest) -> FilePath {
        FilePath("blobs/\(digest.algorithm.rawValue)/\(digest.encoded)")
    }

    static func mismatch(_ expected: Digest, found: Digest) -> ImageLayoutError {
        ImageLayoutError(.digestMismatch, "blob \(expected)", "its content has the digest \(found)")
    }

    /// Reads `file` from its start, compares its digest, and leaves it at its start.
    private static func verify(_ file: borrowing OwnedFileDescriptor, _ digest: Digest) throws(ImageLayoutError) {
        var hasher = ContentHasher(digest.algorithm)
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count: Int
            do throws(SystemCallError) { count = try file.read(into: &buffer) } catch {
                throw ImageLayoutError(error, "blob \(digest)")
            }
            if count == 0 { break }
            unsafe buffer.withUnsafeBytes { unsafe hasher.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
        let found = hasher.digest()
        guard found == digest else { throw mismatch(digest, found: found) }
        let number = file.rawValue
        _ = try about("blob \(digest)") { () throws(SystemCallError) in
            try systemCall("lseek") { clinux_lseek(number, 0, CLINUX_SEEK_SET) }
        }
    }
}
