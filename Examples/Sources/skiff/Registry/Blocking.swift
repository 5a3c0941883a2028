// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Dispatch
internal import Synchronization

/// Runs what is asynchronous for a command that is not.
final class Blocking<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)
    private let isDone = DispatchSemaphore(value: 0)

    private init() {}

    /// Runs `body` to its end on other threads; the calling thread waits.
    ///
    /// - Parameter body: What is run.
    /// - Returns: What it returns.
    /// - Throws: What it throws.
    static func run(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
        let blocking = Blocking()
        Task.detached {
            let result: Result<Value, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            blocking.result.withLock { $0 = result }
            blocking.isDone.signal()
        }
        blocking.isDone.wait()
        guard let result = blocking.result.withLock({ $0 }) else { throw Failure("a task ended without a result") }
        return try result.get()
    }
}
