// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import Synchronization
internal import SystemPackage
#if canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// Waits for descriptors to become ready without holding a thread for each: one thread and one epoll instance serve
/// the whole process.
package final class Readiness: Sendable {
    /// The process's one instance.
    package static let shared = Readiness()

    private struct State {
        var epoll: CInt = -1
        var next: UInt64 = 1
        var waiting: [UInt64: Waiter] = [:]
        var subscribed: [UInt64: @Sendable (UInt32) -> Void] = [:]
    }

    private struct Waiter {
        let watched: SharedDescriptor
        let events: UInt32
        let continuation: CheckedContinuation<Void, any Error>
    }

    private let state = Mutex(State())

    /// Waits until `descriptor` can be read, has ended (a pidfd) or is closed at its other end.
    ///
    /// - Throws: ``SystemCallError`` when it cannot be watched, `CancellationError` when the task is cancelled.
    package func waitUntilReadable(_ descriptor: borrowing OwnedFileDescriptor) async throws {
        try await wait(for: CLINUX_EPOLLIN, on: descriptor)
    }

    /// Waits until `descriptor` takes bytes, or has nobody left to read them.
    ///
    /// - Throws: ``SystemCallError`` when it cannot be watched, `CancellationError` when the task is cancelled.
    package func waitUntilWritable(_ descriptor: borrowing OwnedFileDescriptor) async throws {
        try await wait(for: CLINUX_EPOLLOUT, on: descriptor)
    }

    private func wait(for events: UInt32, on descriptor: borrowing OwnedFileDescriptor) async throws {
        // A descriptor of our own, so that nobody can close and reuse the number meanwhile.
        let watched = SharedDescriptor(try descriptor.duplicate())
        let token = state.withLock { state in
            defer { state.next += 1 }
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                add(token, Waiter(watched: watched, events: events, continuation: continuation))
                // Cancelled before it was added: the handler found nothing to remove.
                if Task.isCancelled { remove(token)?.continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            remove(token)?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Tells every time `descriptor` becomes ready anew, until the subscription goes away.
    ///
    /// Unlike waiting again and again this misses nothing in between, also of descriptors that forget an event once
    /// somebody has asked for it, such as triggers of pressure.
    ///
    /// - Parameters:
    ///   - descriptor: What is watched; kept open by the subscription.
    ///   - events: `EPOLL` flags, watched for changes (`EPOLLET`).
    ///   - body: Called with the flags on the one thread of this class, so it must be quick.
    /// - Returns: The subscription.
    /// - Throws: ``SystemCallError`` when the descriptor cannot be watched.
    package func subscribe(
        to descriptor: SharedDescriptor,
        events: UInt32,
        _ body: @escaping @Sendable (UInt32) -> Void
    ) throws(SystemCallError) -> Subscription {
        var token: UInt64 = 0
        let result = state.withLock { state -> CInt in
            let ready = open(&state)
            if ready < 0 { return ready }
            token = state.next
            state.next += 1
            state.subscribed[token] = body
            let number = descriptor.descriptor.rawValue
            let flags = events | CLINUX_EPOLLET
            let result = clinux_epoll_ctl(state.epoll, CLINUX_EPOLL_CTL_ADD, number, flags, token)
            if result < 0 { state.subscribed[token] = nil }
            return result
        }
        if result < 0 { throw SystemCallError(call: "epoll_ctl", errno: Errno(rawValue: -result)) }
        return Subscription(descriptor: descriptor, token: token)
    }

    /// One descriptor that is watched; ends when the last reference goes away.
    package final class Subscription: Sendable {
        private let descriptor: SharedDescriptor
        private let token: UInt64

        fileprivate init(descriptor: SharedDescriptor, token: UInt64) {
            self.descriptor = descriptor
            self.token = token
        }

        deinit { Readiness.shared.end(token, descriptor) }
    }

    private func end(_ token: UInt64, _ descriptor: SharedDescriptor) {
        let body = state.withLock { state in
            _ = clinux_epoll_ctl(state.epoll, CLINUX_EPOLL_CTL_DEL, descriptor.descriptor.rawValue, 0, 0)
            return state.subscribed.removeValue(forKey: token)
        }
        // Released here, not under the lock: it may own another subscription.
        _ = body
    }

    /// Makes the epoll instance and its thread, the first time.
    private func open(_ state: inout State) -> CInt {
        if state.epoll >= 0 { return 0 }
        let epoll = clinux_epoll_create()
        if epoll < 0 { return epoll }
        state.epoll = epoll
        startThread()
        return 0
    }

    private func add(_ token: UInt64, _ waiter: Waiter) {
        let result = state.withLock { state -> CInt in
            let ready = open(&state)
            if ready < 0 { return ready }
            let result = clinux_epoll_ctl(
                state.epoll,
                CLINUX_EPOLL_CTL_ADD,
                waiter.watched.descriptor.rawValue,
                waiter.events | CLINUX_EPOLLONESHOT,
                token
            )
            if result >= 0 { state.waiting[token] = waiter }
            return result
        }
        if result < 0 {
            waiter.continuation.resume(throwing: SystemCallError(call: "epoll_ctl", errno: Errno(rawValue: -result)))
        }
    }

    private func remove(_ token: UInt64) -> Waiter? {
        state.withLock { state in
            guard let waiter = state.waiting.removeValue(forKey: token) else { return nil }
            _ = clinux_epoll_ctl(state.epoll, CLINUX_EPOLL_CTL_DEL, waiter.watched.descriptor.rawValue, 0, 0)
            return waiter
        }
    }

    /// Starts the one thread, detached. It lives as long as the process.
    private func startThread() {
        var thread = pthread_t()
        // Signals are the host's business, on its own threads.
        var all: UInt64 = .max
        var old: UInt64 = 0
        _ = unsafe clinux_rt_sigprocmask(CLINUX_SIG_SETMASK, &all, &old)
        unsafe pthread_create(
            &thread,
            nil,
            { _ in
                Readiness.shared.serve()
                return nil
            },
            nil
        )
        _ = unsafe clinux_rt_sigprocmask(CLINUX_SIG_SETMASK, &old, nil)
        pthread_detach(thread)
    }

    private func serve() {
        let epoll = state.withLock { $0.epoll }
        var events = [clinux_epoll_event](repeating: clinux_epoll_event(), count: 64)
        while true {
            let count = unsafe events.withUnsafeMutableBufferPointer {
                unsafe clinux_epoll_wait(epoll, $0.baseAddress, CInt($0.count), -1)
            }
            guard count > 0 else { continue }
            for event in events[0..<Int(count)] {
                let body = state.withLock { $0.subscribed[event.data] }
                if let body { body(event.events) } else { remove(event.data)?.continuation.resume() }
            }
        }
    }
}
