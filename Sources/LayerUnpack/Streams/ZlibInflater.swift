// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CZlib

/// Inflates with zlib, which every machine has.
@safe final class ZlibInflater: Inflater {
    private let stream: UnsafeMutablePointer<z_stream>

    init() throws(LayerUnpackError) {
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

    func startMember() { unsafe inflateReset(stream) }

    @unsafe func inflate(
        _ input: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws(LayerUnpackError) -> InflateStep {
        let given = UInt32(clamping: input.count)
        let room = UInt32(clamping: output.count)
        unsafe stream.pointee.next_in = UnsafeMutableRawPointer(mutating: input.baseAddress)?
            .assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_in = given
        unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = room
        let result = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
        // Without progress zlib says Z_BUF_ERROR, which is no error of the content.
        if result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR {
            let message = unsafe stream.pointee.msg.map { unsafe String(cString: $0) } ?? "zlib error \(result)"
            throw LayerUnpackError(.badCompression, "decompress layer", detail: message)
        }
        return InflateStep(
            consumed: Int(given - (unsafe stream.pointee.avail_in)),
            produced: Int(room - (unsafe stream.pointee.avail_out)),
            endsMember: result == Z_STREAM_END
        )
    }
}
