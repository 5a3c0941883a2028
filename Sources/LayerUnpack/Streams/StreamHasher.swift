// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import OCISpec
internal import Synchronization

/// Hashes buffers that were read, on a thread of its own, and gives them back to be filled again.
///
/// Decompressing, applying and hashing then take their time side by side. When it goes away early, its thread is told to
/// stop and joined.
final class StreamHasher {
    private let work: HashingWork
    private let thread: Mutex<WorkerThread?>

    /// - Parameters:
    ///   - algorithm: The digest's algorithm.
    ///   - queue: Where buffers go afterwards.
    /// - Throws: ``LayerUnpackError``: `systemCall` at the limit of open files or tasks.
    init(_ algorithm: Digest.Algorithm, returningTo queue: ChunkQueue) throws(LayerUnpackError) {
        do throws(SystemCallError) {
            let work = try HashingWork(algorithm, queue)
            self.work = work
            thread = Mutex(try WorkerThread { work.run() })
        } catch {
            throw LayerUnpackError("start hashing", error)
        }
    }

    deinit { join() }

    /// Takes a buffer over.
    func add(_ buffer: ByteBuffer) { work.add(buffer) }

    /// Waits until everything is hashed.
    ///
    /// - Returns: The digest of all buffers, in the order in which they were added.
    func finish() -> Digest {
        join()
        return work.digest
    }

    private func join() {
        work.close()
        // The thread is joined when the value goes away.
        thread.withLock { $0 = nil }
    }
}

/// What the thread does, and what it shares with who feeds it.
private final class HashingWork: Sendable {
    private struct State {
        var hash: StreamHash
        var waiting: [ByteBuffer] = []
        var isClosed = false
    }

    private let state: Mutex<State>
    private let count: CountingSemaphore
    private let queue: ChunkQueue

    init(_ algorithm: Digest.Algorithm, _ queue: ChunkQueue) throws(SystemCallError) {
        count = try CountingSemaphore(0)
        state = Mutex(State(hash: StreamHash(algorithm)))
        self.queue = queue
    }

    func add(_ buffer: ByteBuffer) {
        state.withLock { $0.waiting.append(buffer) }
        count.post()
    }

    func close() {
        state.withLock { $0.isClosed = true }
        count.post()
    }

    /// Of everything, once the thread has ended.
    var digest: Digest { state.withLock { $0.hash.finalize() } }

    /// Hashes until it is closed and nothing waits any more.
    func run() {
        var hash = state.withLock { $0.hash }
        while true {
            count.wait()
            let buffer = state.withLock { state -> ByteBuffer? in
                state.waiting.isEmpty ? nil : state.waiting.removeFirst()
            }
            guard let buffer else { break }
            unsafe hash.update(buffer.filled)
            queue.recycle(buffer)
        }
        let final = hash
        state.withLock { $0.hash = final }
    }
}
