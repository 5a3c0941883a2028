// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import Logging
internal import Synchronization

/// The containers of a pool that wait, and the work on them.
final class PoolCore: Sendable {
    let template: PoolTemplate
    let capacity: Int
    private let state = Mutex(State())
    /// Part of the names of the pool's control groups.
    private let identity = String(UInt64.random(in: .min ... .max), radix: 36)

    private struct State {
        var waiting: [PreparedContainer] = []
        var preparing = 0
        var isClosed = false
        var number = 0
        var prepared = 0
        var taken = 0
        var discarded = 0
        var missed = 0
        var lastFailure: RuntimeError?
    }

    init(_ template: PoolTemplate, capacity: Int) {
        self.template = template
        self.capacity = capacity
    }

    /// The container that waits longest; those that cannot be used any more are discarded on the way.
    ///
    /// - Parameter id: The id that it is for.
    /// - Returns: The container, which is nobody else's; `nil` when none waits.
    /// - Throws: ``RuntimeError``: `wrongState` when the pool is closed.
    func take(for id: String) throws(RuntimeError) -> PreparedContainer? {
        while true {
            let slot = try state.withLock { (state: inout State) throws(RuntimeError) -> PreparedContainer? in
                if state.isClosed { throw RuntimeError(.wrongState, "the launch pool is closed", container: id) }
                return state.waiting.isEmpty ? nil : state.waiting.removeFirst()
            }
            guard let slot else {
                state.withLock { $0.missed += 1 }
                return nil
            }
            if slot.isUsable {
                state.withLock { $0.taken += 1 }
                return slot
            }
            slot.discard()
            state.withLock { $0.discarded += 1 }
        }
    }

    /// Notes that a container died between the look at it and its use.
    func noteDeath() {
        state.withLock {
            $0.taken -= 1
            $0.discarded += 1
        }
    }

    /// Has the background fill the pool.
    func refillLater() {
        do throws(SystemCallError) { try PoolThread.add { [self] in refill() } } catch {
            state.withLock { $0.lastFailure = RuntimeError("start the launch pool's thread", error) }
        }
    }

    /// Fills the pool, on the pool's thread. A failure ends the filling, until the next try.
    func refill() {
        sweep()
        while true {
            let number = state.withLock { state -> Int? in
                if state.isClosed || state.waiting.count + state.preparing >= capacity { return nil }
                state.preparing += 1
                state.number += 1
                return state.number
            }
            guard let number else { return }
            do throws(RuntimeError) {
                let slot = try PreparedContainer(template, name: "skiff-pool-\(identity)-\(number)")
                let isKept = state.withLock { state in
                    state.preparing -= 1
                    state.lastFailure = nil
                    if state.isClosed { return false }
                    state.prepared += 1
                    state.waiting.append(slot)
                    return true
                }
                if !isKept { slot.discard() }
            } catch {
                state.withLock {
                    $0.preparing -= 1
                    $0.lastFailure = error
                }
                template.runtime.logger?.warning("prepare a container", metadata: ["error": "\(error)"])
                return
            }
        }
    }

    /// Discards what waits and cannot be used any more.
    private func sweep() {
        let useless = state.withLock { state in
            let useless = state.waiting.filter { !$0.isUsable }
            state.waiting.removeAll { slot in useless.contains { $0 === slot } }
            state.discarded += useless.count
            return useless
        }
        for slot in useless { slot.discard() }
    }

    /// Whether a look at those that wait finds one that cannot be used any more.
    private var needsRefill: Bool {
        state.withLock { !$0.isClosed && $0.waiting.contains { !$0.isUsable } }
    }

    /// What the pool has and has done.
    func statistics() -> LaunchPool.Statistics {
        if needsRefill {
            sweep()
            refillLater()
        }
        return state.withLock { state in
            LaunchPool.Statistics(
                waiting: state.waiting.map { .init(processID: $0.processID, memory: $0.memory) },
                preparing: state.preparing,
                prepared: state.prepared,
                taken: state.taken,
                discarded: state.discarded,
                missed: state.missed,
                lastFailure: state.lastFailure
            )
        }
    }

    /// The reason why the pool is not full, after a try to fill it.
    var failure: RuntimeError? {
        state.withLock { state in
            if state.isClosed { return RuntimeError(.wrongState, "the launch pool is closed") }
            return state.waiting.count < capacity ? state.lastFailure : nil
        }
    }

    /// Ends everything that waits.
    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for slot in waiting { slot.kill() }
        for slot in waiting { slot.discard() }
    }
}
