// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec

/// What is known of a layer from its bytes.
enum LayerContent {
    /// The media type of a layer that begins with `prefix`.
    static func mediaType(prefix: [UInt8]) -> MediaType {
        if prefix.starts(with: [0x1F, 0x8B]) { return .layerGzip }
        if prefix.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return .layerZstd }
        return .layer
    }

    /// Gives what `layer` has in it, once its compression is undone, to `body`, piece by piece.
    static func read(
        _ layer: borrowing Blob,
        name: String,
        _ body: (UnsafeRawBufferPointer) throws(ImageLayoutError) -> Void
    ) throws(ImageLayoutError) {
        var reader = try ArchiveReader.open(layer.file, name: name, as: .bytes)
        guard try reader.next() != nil else { throw ImageLayoutError(.truncatedArchive, name, "it is empty") }
        try unsafe reader.readContent(body)
        guard reader.position == layer.size else {
            throw ImageLayoutError(.unsupportedArchive, name, "bytes follow its compressed content")
        }
    }

    /// The digest of what `layer` has in it once its compression is undone.
    static func digest(
        of layer: borrowing Blob,
        name: String,
        _ algorithm: Digest.Algorithm
    ) throws(ImageLayoutError) -> Digest {
        var hasher = ContentHasher(algorithm)
        try unsafe read(layer, name: name) { (piece) throws(ImageLayoutError) in unsafe hasher.update(piece) }
        return hasher.digest()
    }

    /// Reads `layer`, which is at its beginning and of the type that its first bytes say, as a tar archive to its end,
    /// and computes its diff ID. With its compression undone it may have `limit` bytes.
    static func checkedDiffID(
        of layer: borrowing Blob,
        _ mediaType: MediaType,
        name: String,
        limit: Int64
    ) throws(ImageLayoutError) -> Digest {
        guard mediaType != .layer else {
            try checkArchive(layer, filters: 0, name: name)
            return layer.digest
        }
        var hasher = ContentHasher(.sha256)
        var count: Int64 = 0
        try unsafe read(layer, name: name) { (piece) throws(ImageLayoutError) in
            count += Int64(piece.count)
            guard count <= limit else { throw tooLarge(name) }
            unsafe hasher.update(piece)
        }
        try layer.rewind()
        try checkArchive(layer, filters: 1, name: name)
        return hasher.digest()
    }

    static func tooLarge(_ name: String) -> ImageLayoutError {
        ImageLayoutError(.limitExceeded, name, "it has more bytes than allowed")
    }

    private static func checkArchive(
        _ layer: borrowing Blob,
        filters: Int,
        name: String
    ) throws(ImageLayoutError) {
        var reader = try ArchiveReader.open(layer.file, name: name, as: .layer)
        guard reader.filters == filters else {
            throw ImageLayoutError(.unsupportedArchive, name, "it is compressed more than once")
        }
        while try reader.next() != nil { try reader.skipContent() }
    }
}
