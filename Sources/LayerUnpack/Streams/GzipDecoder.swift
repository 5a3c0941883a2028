// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CZlib
internal import LinuxSystem

/// Reads gzip (RFC 1952), every member of it, and refuses anything after the last.
@safe final class GzipDecoder: LayerDecoder {
    static let magic: [UInt8] = [0x1f, 0x8b]

    private let input: InputReader
    private let inputBuffer = ByteBuffer(capacity: 128 << 10)
    private let stream: UnsafeMutablePointer<z_stream>
    private var members = 0
    private var isInMember = false
    private var hasInputEnded = false

    init(_ input: InputReader) throws(LayerUnpackError) {
        self.input = input
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // 15 bits of window, and 16 for "gzip and nothing else".
        let result = unsafe inflateInit2_(stream, 15 + 16, zlibVersion(), CInt(MemoryLayout<z_stream>.size))
        if result != Z_OK { throw LayerUnpackError(.systemCall, "start zlib", detail: "zlib error \(result)") }
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deinitialize(count: 1)
        unsafe stream.deallocate()
    }

    func read(into buffer: ByteBuffer) throws(LayerUnpackError) {
        unsafe stream.pointee.next_out = buffer.memory.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = UInt32(buffer.capacity)
        while unsafe stream.pointee.avail_out > 0 {
            try refill()
            if !isInMember {
                if unsafe stream.pointee.avail_in == 0 { break }
                try startMember()
            }
            try inflateSome()
        }
        if members == 0 && !isInMember {
            throw LayerUnpackError(.truncated, "decompress layer", detail: "empty gzip stream")
        }
        buffer.count = buffer.capacity - Int(unsafe stream.pointee.avail_out)
    }

    private func refill() throws(LayerUnpackError) {
        guard unsafe stream.pointee.avail_in == 0, !hasInputEnded else { return }
        let count = try unsafe input.read(into: inputBuffer.memory)
        hasInputEnded = count == 0
        unsafe stream.pointee.next_in = inputBuffer.memory.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_in = UInt32(count)
    }

    private func startMember() throws(LayerUnpackError) {
        if let first = unsafe stream.pointee.next_in?.pointee, first != Self.magic[0] {
            throw members == 0 ? Self.notGzip : Self.trailing
        }
        unsafe inflateReset(stream)
        isInMember = true
    }

    private func inflateSome() throws(LayerUnpackError) {
        switch unsafe inflate(stream, Z_NO_FLUSH) {
        case Z_OK: break
        case Z_STREAM_END:
            isInMember = false
            members += 1
        case Z_BUF_ERROR where hasInputEnded:
            throw LayerUnpackError(.truncated, "decompress layer", detail: "the gzip stream ends too early")
        case Z_BUF_ERROR: break
        case Z_DATA_ERROR where unsafe stream.pointee.total_out == 0 && stream.pointee.total_in <= 2:
            throw members == 0 ? Self.notGzip : Self.trailing
        case let code:
            let message = unsafe stream.pointee.msg.map { unsafe String(cString: $0) } ?? "zlib error \(code)"
            throw LayerUnpackError(.badCompression, "decompress layer", detail: message)
        }
    }

    private static let notGzip = LayerUnpackError(
        .compressionMismatch,
        "decompress layer",
        detail: "the media type says gzip, the content is not"
    )
    private static let trailing = LayerUnpackError(
        .trailingData,
        "decompress layer",
        detail: "bytes after the last gzip member"
    )
}
