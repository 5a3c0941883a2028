// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import Synchronization

/// How far a file has come that a layer is read from while somebody else still writes it.
///
/// One side writes the file and says so here; ``LayerSource`` reads what is there and waits for more. The layer counts as
/// read only after ``finish()``, so whoever writes can compare the blob's digest before.
public final class LayerGrowth: Sendable {
    /// What the reading side can do.
    enum Step: Hashable {
        /// Read as far as this.
        case read(upTo: UInt64)
        /// Wait for ``LayerGrowth/signal``, and ask again.
        case wait
        /// Stop: everything was read.
        case end
        /// Stop: the rest will not come.
        case broken
    }

    private struct State {
        var count: UInt64 = 0
        var isFinished = false
        var isBroken = false
        var isAwaited = false
    }

    private let state = Mutex(State())
    /// Can be taken once when there is news for who was told to wait.
    let signal: CountingSemaphore

    /// A file of which nothing is there yet.
    ///
    /// - Throws: ``LayerUnpackError``: `systemCall` at the limit of open files.
    public init() throws(LayerUnpackError) {
        do throws(SystemCallError) { signal = try CountingSemaphore(0) } catch {
            throw LayerUnpackError("follow blob", error)
        }
    }

    /// Says that the file has `count` bytes now.
    public func grow(to count: UInt64) { update { $0.count = max($0.count, count) } }

    /// Says that the file is whole, and is what it should be.
    public func finish() { update { $0.isFinished = true } }

    /// Says that the rest will not come, or that what is there is not what it should be. The reader fails then.
    public func fail() { update { $0.isBroken = true } }

    /// What can be done by who has read `position` bytes.
    func step(after position: UInt64) -> Step {
        state.withLock { state in
            if state.isBroken { return .broken }
            if state.count > position { return .read(upTo: state.count) }
            if state.isFinished { return .end }
            state.isAwaited = true
            return .wait
        }
    }

    private func update(_ change: (inout State) -> Void) {
        let isAwaited = state.withLock { state in
            change(&state)
            defer { state.isAwaited = false }
            return state.isAwaited
        }
        if isAwaited { signal.post() }
    }
}
