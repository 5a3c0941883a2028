// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import OCISpec

/// Where a layer's tar stream goes: hashed, compressed, hashed again, written.
final class LayerSink {
    private let output: BlobOutput
    private let encoder: any LayerEncoder
    private let compression: LayerWriter.Compression
    private var hash = StreamHash(.sha256)
    private var count: UInt64 = 0

    init(_ file: borrowing OwnedFileDescriptor, compression: LayerWriter.Compression) throws(LayerUnpackError) {
        // What is not compressed has one digest.
        let output = try BlobOutput(file, isHashed: compression != .none)
        self.output = output
        self.compression = compression
        switch compression {
        case .none: encoder = PlainEncoder(output)
        case .gzip: encoder = try GzipEncoder(output)
        case .zstd: encoder = try ZstdEncoder(output)
        }
    }

    /// Takes the tar stream's next bytes.
    @unsafe func write(_ bytes: UnsafeRawBufferPointer) throws(LayerUnpackError) {
        unsafe hash.update(bytes)
        count += UInt64(bytes.count)
        try unsafe encoder.encode(bytes)
    }

    /// Ends the blob.
    func finish(entries: UInt64, skippedSockets: UInt64) throws(LayerUnpackError) -> WrittenLayer {
        try encoder.finish()
        let diffID = hash.finalize()
        return WrittenLayer(
            mediaType: compression.mediaType,
            digest: output.digest ?? diffID,
            size: output.count,
            diffID: diffID,
            streamBytes: count,
            entries: entries,
            skippedSockets: skippedSockets
        )
    }
}

extension LayerWriter.Compression {
    fileprivate var mediaType: MediaType {
        switch self {
        case .none: .layer
        case .gzip: .layerGzip
        case .zstd: .layerZstd
        }
    }
}
