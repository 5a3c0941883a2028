// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CZlib
internal import LinuxSystem

/// Writes gzip (RFC 1952) through zlib: one member, without name and time.
@safe final class GzipEncoder: LayerEncoder {
    private let output: BlobOutput
    private let stream: UnsafeMutablePointer<z_stream>
    private let buffer = ByteBuffer(capacity: 128 << 10)

    init(_ output: BlobOutput) throws(LayerUnpackError) {
        self.output = output
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
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
        unsafe deflateEnd(stream)
        unsafe stream.deinitialize(count: 1)
        unsafe stream.deallocate()
    }

    @unsafe func encode(_ bytes: UnsafeRawBufferPointer) throws(LayerUnpackError) {
        unsafe stream.pointee.next_in = UnsafeMutablePointer(
            mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        )
        unsafe stream.pointee.avail_in = UInt32(bytes.count)
        while unsafe stream.pointee.avail_in > 0 { _ = try deflateSome(Z_NO_FLUSH) }
    }

    func finish() throws(LayerUnpackError) { while try !deflateSome(Z_FINISH) {} }

    /// Compresses what fits the buffer; `true` when the stream is complete.
    private func deflateSome(_ flush: CInt) throws(LayerUnpackError) -> Bool {
        unsafe stream.pointee.next_out = buffer.memory.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = UInt32(buffer.capacity)
        let result = unsafe deflate(stream, flush)
        buffer.count = buffer.capacity - Int(unsafe stream.pointee.avail_out)
        try unsafe output.store(buffer.filled)
        switch result {
        case Z_STREAM_END: return true
        case Z_OK: return false
        default: throw LayerUnpackError(.badCompression, "compress layer", detail: "zlib error \(result)")
        }
    }
}
