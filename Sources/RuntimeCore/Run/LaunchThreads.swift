// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import Synchronization

/// Threads for calls that block, and for launches.
///
/// A container that is to die with its host dies with the thread that made it (prctl(2), `PR_SET_PDEATHSIG`), and the
/// threads of the concurrency runtime come and go. These never end.
final class LaunchThreads: Sendable {
    static let shared = LaunchThreads()

    /// The most threads; a launch waits for the kernel rather than for a processor.
    private static let limit = 8

    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var idle = 0
        var threads: [KeptThread] = []
        var semaphore: SharedSemaphore?
    }

    private let state = Mutex(State())

    /// Runs `body` on one of the threads.
    ///
    /// - Throws: What `body` throws; ``SystemCallError`` when no thread can be made.
    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            do throws(SystemCallError) {
                try add { continuation.resume(with: Result { try body() }) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    private func add(_ job: @escaping @Sendable () -> Void) throws(SystemCallError) {
        try state.withLock { (state: inout State) throws(SystemCallError) in
            let semaphore: SharedSemaphore
            if let known = state.semaphore { semaphore = known } else { semaphore = try SharedSemaphore() }
            state.semaphore = semaphore
            if state.idle <= state.jobs.count && state.threads.count < Self.limit {
                do throws(SystemCallError) {
                    state.threads.append(KeptThread(try WorkerThread { [self] in serve(semaphore) }))
                    state.idle += 1
                } catch {
                    // Those there are will come to it.
                    if state.threads.isEmpty { throw error }
                }
            }
            state.jobs.append(job)
            semaphore.semaphore.post()
        }
    }

    private func serve(_ semaphore: SharedSemaphore) {
        while true {
            semaphore.semaphore.wait()
            let job = state.withLock { state in
                state.idle -= 1
                return state.jobs.isEmpty ? nil : state.jobs.removeFirst()
            }
            job?()
            state.withLock { $0.idle += 1 }
        }
    }
}

/// A thread that is never joined, since its owner lives as long as the process.
private final class KeptThread: Sendable {
    private let thread: WorkerThread
    init(_ thread: consuming WorkerThread) { self.thread = thread }
}

private final class SharedSemaphore: Sendable {
    let semaphore: CountingSemaphore
    init() throws(SystemCallError) { semaphore = try CountingSemaphore(0) }
}
