// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import OCISpec
internal import Synchronization

/// A layer's uncompressed bytes, made by a thread of their own and hashed by another one after they were used.
///
/// When it goes away early, the threads are told to stop and joined: nothing is left running.
final class LayerStream {
    private static let buffers = 6
    private static let capacity = 512 << 10

    private let source: LayerSource
    private let queue: ChunkQueue
    private let thread: Mutex<WorkerThread?>
    private let hasher: StreamHasher
    private var current: ByteBuffer?

    init(_ source: LayerSource, limits: LayerLimits) throws(LayerUnpackError) {
        self.source = source
        let queue = try ChunkQueue(buffers: Self.buffers, capacity: Self.capacity)
        self.queue = queue
        hasher = try StreamHasher(source.diffID?.algorithm ?? .sha256, returningTo: queue)
        do throws(SystemCallError) {
            thread = Mutex(
                try WorkerThread {
                    do throws(LayerUnpackError) {
                        if let count = try Self.decode(source, limits: limits, into: queue) {
                            queue.finish(.complete(count))
                        }
                    } catch {
                        queue.finish(.failed(error))
                    }
                }
            )
        } catch {
            throw LayerUnpackError("start decompression", error)
        }
    }

    deinit {
        queue.abort()
        thread.withLock { $0 = nil }
    }

    /// The next bytes, valid until the next call; `nil` at the end, once the digests have been compared.
    func next() throws(LayerUnpackError) -> ByteBuffer? {
        if let done = current {
            hasher.add(done)
            current = nil
        }
        switch try queue.next() {
        case .chunk(let buffer):
            current = buffer
            return buffer
        case .end(let count):
            let summary = StreamSummary(digest: hasher.finish(), count: count)
            if let expected = source.diffID, summary.digest != expected {
                throw LayerUnpackError(
                    .diffIDMismatch,
                    "verify layer",
                    detail: "\(summary.digest) instead of \(expected)"
                )
            }
            self.summary = summary
            return nil
        }
    }

    /// Whether the end of the stream was reached with the digest that was expected.
    var isVerified: Bool { source.diffID != nil && summary != nil }

    /// Set once ``next()`` returned `nil`.
    private(set) var summary: StreamSummary?

    private static func decode(
        _ source: LayerSource,
        limits: LayerLimits,
        into queue: ChunkQueue
    ) throws(LayerUnpackError) -> UInt64? {
        let input = try InputReader(source, queue: queue)
        let decoder: any LayerDecoder
        switch source.compression {
        case .none: decoder = PlainDecoder(input)
        case .gzip: decoder = try GzipDecoder(input)
        case .zstd: decoder = try ZstdDecoder(input)
        }
        var total: UInt64 = 0
        while true {
            guard let buffer = queue.takeFree() else { return nil }
            try decoder.read(into: buffer)
            if buffer.count == 0 { return total }
            total += UInt64(buffer.count)
            if total > limits.streamBytes {
                throw LayerUnpackError(
                    .limit,
                    "decompress layer",
                    detail: "more than \(limits.streamBytes) bytes uncompressed"
                )
            }
            queue.put(buffer)
        }
    }
}
