// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem

/// What libarchive reads from: every byte passes the scanner first.
final class TarFeeder {
    private let stream: LayerStream
    private var scanner: TarScanner
    private(set) var error: LayerUnpackError?

    init(_ stream: LayerStream, limits: LayerLimits) {
        self.stream = stream
        scanner = TarScanner(limits: limits)
    }

    /// The next entry that the scanner has read.
    func takeEntry() -> TarEntry? { scanner.takeEntry() }

    /// The callback of `archive_read_open`: points `result` to the next bytes, valid until the next call.
    @unsafe func feed(_ result: UnsafeMutablePointer<UnsafeRawPointer?>?) -> Int {
        do throws(LayerUnpackError) {
            guard let chunk = try stream.next() else { return 0 }
            try unsafe scanner.feed(chunk.filled)
            unsafe result?.pointee = chunk.filled.baseAddress
            return chunk.count
        } catch {
            self.error = error
            return -1
        }
    }

    /// Whether the stream ended without a single byte.
    var isEmpty: Bool { stream.summary?.count == 0 }

    /// Reads to the end of the stream, where the digests are compared.
    func drain() throws(LayerUnpackError) -> StreamSummary {
        while stream.summary == nil, let chunk = try stream.next() { try unsafe scanner.feed(chunk.filled) }
        try scanner.finish(isVerified: stream.isVerified)
        guard let summary = stream.summary else { throw LayerUnpackError(.truncated, "read layer") }
        return summary
    }
}
