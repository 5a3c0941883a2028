// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import OCISpec

/// What an image archive holds, after its one pass: every file is a staged blob, known by its name.
struct ArchiveContents: Sendable {
    /// A file of the archive.
    struct File: Hashable, Sendable {
        let identity: BlobIdentity
        /// Its first bytes, at most eight.
        let prefix: [UInt8]
    }

    /// What the archive is called in errors.
    let name: String
    private var files: [ArchivePath: File] = [:]
    private var links: [ArchivePath: ArchivePath] = [:]
    private var documents: [ArchivePath: [UInt8]] = [:]

    /// The documents that say what the archive is, and how large each may be.
    private static let documentLimits = [
        "oci-layout": 4096, "index.json": ImageLimits.document, "manifest.json": ImageLimits.dockerManifest,
    ]

    /// Reads the whole of `file` from its position; blobs are staged in `transaction`.
    ///
    /// - Throws: ``ImageLayoutError``: `truncatedArchive`, `unsupportedArchive`, `invalidName`, `digestMismatch`,
    ///   `limitExceeded`, `systemCall`.
    init(
        reading file: borrowing OwnedFileDescriptor,
        name: String,
        limits: ImageLimits,
        into transaction: inout BlobTransaction
    ) throws(ImageLayoutError) {
        self.name = name
        var reader = try ArchiveReader.open(file, name: name)
        var count = 0
        var budget = limits.archiveBytes
        while let entry = try reader.next() {
            count += 1
            if count > limits.archiveEntries {
                throw ImageLayoutError(.limitExceeded, name, "it has more than \(limits.archiveEntries) entries")
            }
            try add(entry, &reader, &budget, &transaction)
        }
    }

    /// The bytes of the document `name` at the archive's root, or `nil` if there is none.
    func document(_ name: String) -> [UInt8]? {
        ArchivePath(entryName: Array(name.utf8)).flatMap { documents[$0] }
    }

    /// The file that `name`, as written in a document of the archive, stands for. Links are followed.
    func file(_ name: String) throws(ImageLayoutError) -> File {
        guard var path = ArchivePath(entryName: Array(name.utf8)) else { throw invalid(Array(name.utf8)) }
        for _ in 0..<8 {
            if let file = files[path] { return file }
            guard let next = links[path] else {
                throw ImageLayoutError(.truncatedArchive, self.name, "it refers to \(path), which it does not hold")
            }
            path = next
        }
        throw ImageLayoutError(.unsupportedArchive, self.name, "\(path) is a link to a link to a link without end")
    }

    private mutating func add(
        _ entry: ArchiveReader.Entry,
        _ reader: inout ArchiveReader,
        _ budget: inout Int64,
        _ transaction: inout BlobTransaction
    ) throws(ImageLayoutError) {
        guard let path = ArchivePath(entryName: entry.name) else { throw invalid(entry.name) }
        if entry.kind == .directory { return }
        guard !path.components.isEmpty else { throw invalid(entry.name) }
        guard files[path] == nil, links[path] == nil, documents[path] == nil else {
            throw ImageLayoutError(.unsupportedArchive, name, "it has two entries called \(path)")
        }
        switch entry.kind {
        case .symbolicLink:
            guard let target = ArchivePath(target: entry.target, of: path) else { throw invalid(entry.target) }
            links[path] = target
        case .hardLink:
            guard let target = ArchivePath(entryName: entry.target) else { throw invalid(entry.target) }
            links[path] = target
        case .file:
            if path.components.count == 1, let limit = Self.documentLimits[path.components[0]] {
                documents[path] = try read(path, limit: limit, &reader)
            } else {
                files[path] = try stage(path, &reader, &budget, &transaction)
            }
        case .directory, .other:
            throw ImageLayoutError(.unsupportedArchive, name, "\(path) is neither a file, a directory nor a link")
        }
    }

    private func read(
        _ path: ArchivePath,
        limit: Int,
        _ reader: inout ArchiveReader
    ) throws(ImageLayoutError) -> [UInt8] {
        var bytes: [UInt8] = []
        try unsafe reader.readContent { (piece) throws(ImageLayoutError) in
            if bytes.count + piece.count > limit {
                throw ImageLayoutError(.limitExceeded, name, "\(path) has more than the \(limit) bytes allowed")
            }
            unsafe bytes.append(contentsOf: piece)
        }
        return bytes
    }

    private func stage(
        _ path: ArchivePath,
        _ reader: inout ArchiveReader,
        _ budget: inout Int64,
        _ transaction: inout BlobTransaction
    ) throws(ImageLayoutError) -> File {
        let digest = try digest(namedBy: path)
        if let digest, let size = try transaction.size(of: digest) {
            return try compare(digest, size, &reader, &budget)
        }
        var writer = try transaction.store.writer(digest: digest)
        try unsafe reader.readContent { (piece) throws(ImageLayoutError) in
            try spend(piece.count, of: &budget)
            try unsafe writer.write(piece)
        }
        let prefix = writer.prefix
        return File(identity: try transaction.stage(writer), prefix: prefix)
    }

    /// Hashes content that is in the store already instead of writing it again.
    private func compare(
        _ digest: Digest,
        _ size: Int64,
        _ reader: inout ArchiveReader,
        _ budget: inout Int64
    ) throws(ImageLayoutError) -> File {
        var hasher = ContentHasher(digest.algorithm)
        var prefix: [UInt8] = []
        var count: Int64 = 0
        try unsafe reader.readContent { (piece) throws(ImageLayoutError) in
            try spend(piece.count, of: &budget)
            count += Int64(piece.count)
            if prefix.count < 8 { unsafe prefix.append(contentsOf: piece.prefix(8 - prefix.count)) }
            unsafe hasher.update(piece)
        }
        let found = hasher.digest()
        guard found == digest else { throw BlobStore.mismatch(digest, found: found) }
        guard count == size else {
            throw ImageLayoutError(
                .sizeMismatch,
                "blob \(digest)",
                "the layout holds \(size) bytes of it, it has \(count)",
                hint: "the blob in the layout is damaged; remove its image and collect garbage, then load again"
            )
        }
        return File(identity: BlobIdentity(digest: digest, size: size), prefix: prefix)
    }

    private func spend(_ count: Int, of budget: inout Int64) throws(ImageLayoutError) {
        budget -= Int64(count)
        if budget < 0 { throw ImageLayoutError(.limitExceeded, name, "its files have more bytes than allowed") }
    }

    /// The digest that a file below `blobs/` must have.
    private func digest(namedBy path: ArchivePath) throws(ImageLayoutError) -> Digest? {
        guard path.components[0] == "blobs" else { return nil }
        guard path.components.count == 3,
            let digest = try? Digest("\(path.components[1]):\(path.components[2])")
        else { throw invalid(Array(path.description.utf8)) }
        return digest
    }

    private func invalid(_ bytes: [UInt8]) -> ImageLayoutError {
        ImageLayoutError(.invalidName, name, "\(Self.quoted(bytes)) is not the name of a file of an image archive")
    }

    /// Input as it can stand in a one-line message.
    private static func quoted(_ bytes: [UInt8]) -> String {
        var text = "\""
        for byte in bytes.prefix(80) {
            if (0x20..<0x7F).contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return text + (bytes.count > 80 ? "…\"" : "\"")
    }
}
