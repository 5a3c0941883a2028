// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem

/// Reads gzip (RFC 1952), every member of it, and refuses anything after the last.
final class GzipDecoder: LayerDecoder {
    static let magic: [UInt8] = [0x1f, 0x8b]

    private let input: InputReader
    private let inflater: any Inflater
    private let compressed = ByteBuffer(capacity: 128 << 10)
    /// Where in `compressed` the bytes start that were not inflated yet; they end at its count.
    private var start = 0
    private var members = 0
    private var isInMember = false
    private var hasInputEnded = false

    /// Reads `input` with ISA-L where it is there, else with zlib.
    convenience init(_ input: InputReader) throws(LayerUnpackError) {
        if let inflater = ISALInflater() {
            self.init(input, inflater)
        } else {
            self.init(input, try ZlibInflater())
        }
    }

    init(_ input: InputReader, _ inflater: any Inflater) {
        self.input = input
        self.inflater = inflater
    }

    func read(into buffer: ByteBuffer) throws(LayerUnpackError) {
        buffer.count = 0
        while buffer.count < buffer.capacity {
            if !isInMember, try !startMember() { return }
            try inflateSome(into: buffer)
        }
    }

    /// Whether another member starts here; if none does, the stream has ended.
    private func startMember() throws(LayerUnpackError) -> Bool {
        while compressed.count - start < Self.magic.count && !hasInputEnded { try refill() }
        let found = unsafe Array(compressed.filled[start...].prefix(Self.magic.count))
        if found.isEmpty && members > 0 { return false }
        if found.isEmpty { throw LayerUnpackError(.truncated, "decompress layer", detail: "empty gzip stream") }
        if !Self.magic.starts(with: found) { throw members == 0 ? Self.notGzip : Self.trailing }
        inflater.startMember()
        isInMember = true
        return true
    }

    /// Reads more, behind what is left.
    private func refill() throws(LayerUnpackError) {
        let left = compressed.count - start
        unsafe compressed.memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: compressed.filled[start...]))
        start = 0
        compressed.count = left
        let count = try unsafe input.read(into: UnsafeMutableRawBufferPointer(rebasing: compressed.memory[left...]))
        hasInputEnded = count == 0
        compressed.count += count
    }

    private func inflateSome(into buffer: ByteBuffer) throws(LayerUnpackError) {
        if start == compressed.count && !hasInputEnded { try refill() }
        // At the end of the input too: the inflater can hold bytes that it had no room for.
        let step = try unsafe inflater.inflate(
            UnsafeRawBufferPointer(rebasing: compressed.filled[start...]),
            into: UnsafeMutableRawBufferPointer(rebasing: buffer.memory[buffer.count...])
        )
        start += step.consumed
        buffer.count += step.produced
        if step.endsMember {
            isInMember = false
            members += 1
        } else if step.consumed == 0 && step.produced == 0 {
            if start == compressed.count {
                throw LayerUnpackError(.truncated, "decompress layer", detail: "the gzip stream ends too early")
            }
            throw LayerUnpackError(.badCompression, "decompress layer", detail: "it cannot be inflated any further")
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
