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
        var reader = try ArchiveReader.open(layer.file, name: name, contentOnly: true)
        guard try reader.next() != nil else { throw ImageLayoutError(.truncatedArchive, name, "it is empty") }
        try unsafe reader.readContent(body)
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
}
