// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CZlib
internal import LinuxSystem
internal import OCISpec

/// Where a layer's tar stream goes: hashed, compressed, hashed again, written.
@safe final class LayerSink {
    private let file: OwnedFileDescriptor
    private let compression: LayerWriter.Compression
    private let stream: UnsafeMutablePointer<z_stream>?
    private let buffer = ByteBuffer(capacity: 128 << 10)
    private var streamHash = StreamHash(.sha256)
    private var blobHash = StreamHash(.sha256)
    private var streamBytes: UInt64 = 0
    private var blobBytes: UInt64 = 0

    init(_ file: borrowing OwnedFileDescriptor, compression: LayerWriter.Compression) throws(LayerUnpackError) {
        do throws(SystemCallError) { self.file = try file.duplicate() } catch {
            throw LayerUnpackError("write layer", error)
        }
        self.compression = compression
        guard compression == .gzip else {
            unsafe stream = nil
            return
        }
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        unsafe self.stream = stream
        // 15 bits of window, 16 for a gzip header, which zlib writes without name and time.
        let result = unsafe deflateInit2_(
            stream,
            Z_DEFAULT_COMPRESSION,
            Z_DEFLATED,
            15 + 16,
            8,
            Z_DEFAULT_STRATEGY,
            zlibVersion(),
            CInt(MemoryLayout<z_stream>.size)
        )
        if result != Z_OK { throw LayerUnpackError(.systemCall, "start zlib", detail: "zlib error \(result)") }
    }

    deinit {
        guard let stream = unsafe stream else { return }
        unsafe deflateEnd(stream)
        unsafe stream.deinitialize(count: 1)
        unsafe stream.deallocate()
    }

    /// Takes the tar stream's next bytes.
    @unsafe func write(_ bytes: UnsafeRawBufferPointer) throws(LayerUnpackError) {
        unsafe streamHash.update(bytes)
        streamBytes += UInt64(bytes.count)
        guard let stream = unsafe stream else { return try unsafe store(bytes) }
        unsafe stream.pointee.next_in = UnsafeMutablePointer(
            mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        )
        unsafe stream.pointee.avail_in = UInt32(bytes.count)
        while unsafe stream.pointee.avail_in > 0 { _ = try unsafe deflateSome(stream, Z_NO_FLUSH) }
    }

    /// Ends the blob.
    func finish(entries: UInt64, skippedSockets: UInt64) throws(LayerUnpackError) -> WrittenLayer {
        if let stream = unsafe stream { while try unsafe !deflateSome(stream, Z_FINISH) {} }
        return WrittenLayer(
            mediaType: compression == .gzip ? .layerGzip : .layer,
            digest: blobHash.finalize(),
            size: blobBytes,
            diffID: streamHash.finalize(),
            streamBytes: streamBytes,
            entries: entries,
            skippedSockets: skippedSockets
        )
    }

    /// Compresses what fits the buffer; `true` when the stream is complete.
    private func deflateSome(_ stream: UnsafeMutablePointer<z_stream>, _ flush: CInt) throws(LayerUnpackError) -> Bool {
        unsafe stream.pointee.next_out = buffer.memory.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = UInt32(buffer.capacity)
        let result = unsafe deflate(stream, flush)
        buffer.count = buffer.capacity - Int(unsafe stream.pointee.avail_out)
        try unsafe store(buffer.filled)
        switch result {
        case Z_STREAM_END: return true
        case Z_OK: return false
        default: throw LayerUnpackError(.badCompression, "compress layer", detail: "zlib error \(result)")
        }
    }

    private func store(_ bytes: UnsafeRawBufferPointer) throws(LayerUnpackError) {
        unsafe blobHash.update(bytes)
        blobBytes += UInt64(bytes.count)
        do throws(SystemCallError) { try file.write(unsafe Array(bytes)) } catch {
            throw LayerUnpackError("write layer", error)
        }
    }
}
