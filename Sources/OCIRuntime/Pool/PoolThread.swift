// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import Synchronization

/// The thread that prepares containers, one for the whole process.
///
/// A container that waits dies with the thread that made it (prctl(2), `PR_SET_PDEATHSIG`), and so may one that was taken
/// from a pool: this thread never ends.
final class PoolThread: Sendable {
    private static let shared = Mutex<PoolThread?>(nil)

    private let jobs = Mutex<[@Sendable () -> Void]>([])
    private let semaphore: CountingSemaphore

    private init() throws(SystemCallError) { semaphore = try CountingSemaphore(0) }

    /// Has the thread run `job` after all that were added before.
    ///
    /// - Parameter job: What to run.
    /// - Throws: ``SystemCallError`` when the thread cannot be made.
    static func add(_ job: @escaping @Sendable () -> Void) throws(SystemCallError) {
        let thread = try shared.withLock { (shared: inout PoolThread?) throws(SystemCallError) -> PoolThread in
            if let shared { return shared }
            let made = try PoolThread()
            try WorkerThread.detach { made.serve() }
            shared = made
            return made
        }
        thread.jobs.withLock { $0.append(job) }
        thread.semaphore.post()
    }

    /// Runs `body` on the thread, and waits for it.
    ///
    /// - Parameter body: What to run; not from a job of the thread itself.
    /// - Returns: What `body` returned.
    /// - Throws: ``SystemCallError`` when the thread cannot be made.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) throws(SystemCallError) -> Value? {
        let place = try Place<Value>()
        try add {
            place.value.withLock { $0 = body() }
            place.semaphore.post()
        }
        place.semaphore.wait()
        return place.value.withLock { $0 }
    }

    /// Where a result arrives.
    private final class Place<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
        let semaphore: CountingSemaphore
        init() throws(SystemCallError) { semaphore = try CountingSemaphore(0) }
    }

    private func serve() {
        while true {
            semaphore.wait()
            let job = jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            job?()
        }
    }
}
