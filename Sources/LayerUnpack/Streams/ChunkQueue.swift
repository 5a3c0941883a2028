// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import Synchronization
internal import SystemPackage

/// Hands a fixed number of buffers to and fro between one thread that fills them and one that empties them.
final class ChunkQueue: Sendable {
    private struct State {
        var free: [ByteBuffer]
        var ready: [ByteBuffer] = []
        var outcome: Outcome?
        var isAborted = false
    }

    /// How the filling side ended.
    enum Outcome: Sendable {
        /// With this many bytes.
        case complete(UInt64)
        case failed(LayerUnpackError)
    }

    /// What the emptying side gets next.
    enum Item {
        case chunk(ByteBuffer)
        case end(UInt64)
    }

    private let state: Mutex<State>
    private let readyCount: CountingSemaphore
    private let freeCount: CountingSemaphore
    private let abortion: CountingSemaphore

    /// - Parameters:
    ///   - buffers: How many buffers there are, which bounds the memory.
    ///   - capacity: The size of each in bytes.
    /// - Throws: ``LayerUnpackError``: `systemCall` at the limit of open files.
    init(buffers: Int, capacity: Int) throws(LayerUnpackError) {
        do throws(SystemCallError) {
            readyCount = try CountingSemaphore(0)
            freeCount = try CountingSemaphore(UInt32(clamping: buffers))
            abortion = try CountingSemaphore(0)
        } catch {
            throw LayerUnpackError("start decompression", error)
        }
        state = Mutex(State(free: (0..<buffers).map { _ in ByteBuffer(capacity: capacity) }))
    }

    // MARK: Filling side

    /// An empty buffer, or `nil` when the other side gave up.
    func takeFree() -> ByteBuffer? {
        freeCount.wait()
        return state.withLock { $0.isAborted ? nil : $0.free.popLast() }
    }

    /// Hands over a filled buffer.
    func put(_ buffer: ByteBuffer) {
        state.withLock { $0.ready.append(buffer) }
        readyCount.post()
    }

    /// Says that no more buffers come.
    func finish(_ outcome: Outcome) {
        state.withLock { $0.outcome = outcome }
        readyCount.post()
    }

    /// Waits until `descriptor` has bytes or ended.
    ///
    /// - Throws: ``SystemCallError``: `ECANCELED` when the other side gave up.
    func waitUntilReadable(_ descriptor: borrowing OwnedFileDescriptor) throws(SystemCallError) {
        var polled: [2 of clinux_pollfd] = [
            clinux_pollfd(fd: descriptor.rawValue, events: Int16(CLINUX_POLLIN), returned: 0),
            clinux_pollfd(fd: abortion.descriptor.rawValue, events: Int16(CLINUX_POLLIN), returned: 0),
        ]
        try systemCall("ppoll") {
            var span = polled.mutableSpan
            return unsafe span.withUnsafeMutableBufferPointer { unsafe clinux_poll($0.baseAddress, 2, -1) }
        }
        if polled[1].returned != 0 { throw SystemCallError(call: "ppoll", errno: .canceled) }
    }

    // MARK: Emptying side

    /// The next filled buffer, or the end.
    ///
    /// - Throws: What the filling side failed with, after everything that it filled before.
    func next() throws(LayerUnpackError) -> Item {
        readyCount.wait()
        let (chunk, outcome) = state.withLock { state -> (ByteBuffer?, Outcome?) in
            state.ready.isEmpty ? (nil, state.outcome) : (state.ready.removeFirst(), nil)
        }
        if let chunk { return .chunk(chunk) }
        readyCount.post()
        switch outcome {
        case .complete(let count): return .end(count)
        case .failed(let error): throw error
        case nil: throw LayerUnpackError(.truncated, "read layer")
        }
    }

    /// Gives an emptied buffer back.
    func recycle(_ buffer: ByteBuffer) {
        state.withLock { $0.free.append(buffer) }
        freeCount.post()
    }

    /// Makes the filling side stop soon.
    func abort() {
        state.withLock { $0.isAborted = true }
        abortion.post()
        freeCount.post()
    }
}
