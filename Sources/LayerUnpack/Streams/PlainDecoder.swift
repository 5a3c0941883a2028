// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem

/// A layer that is not compressed.
final class PlainDecoder: LayerDecoder {
    private let input: InputReader
    private var isAtStart = true

    init(_ input: InputReader) { self.input = input }

    func read(into buffer: ByteBuffer) throws(LayerUnpackError) {
        buffer.count = 0
        // A pipe gives what it has; waiting for a full buffer would hold back what can be refused already.
        while buffer.count < TarHeaderBlock.size {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer.memory[buffer.count...])
            let count = try unsafe input.read(into: rest)
            if count == 0 { break }
            buffer.count += count
        }
        if isAtStart {
            isAtStart = false
            try unsafe Self.checkIsNotCompressed(buffer.filled)
        }
    }

    private static func checkIsNotCompressed(_ bytes: UnsafeRawBufferPointer) throws(LayerUnpackError) {
        let start = unsafe Array(bytes.prefix(4))
        if start.starts(with: GzipDecoder.magic) || start.starts(with: ZstdDecoder.magic) {
            throw LayerUnpackError(
                .compressionMismatch,
                "decompress layer",
                detail: "the media type says plain tar, the content is compressed"
            )
        }
    }
}
