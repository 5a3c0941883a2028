// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import Synchronization
internal import SystemPackage

/// The events of a group, in their order; see ``Cgroup/events(pressure:)``.
///
/// For one reader: either one iteration, which holds no thread while it waits, or calls of ``next(timeout:)``, which
/// hold theirs. Ends with ``CgroupEvent/emptied``, when the group is removed, and when the task is cancelled.
public final class CgroupEvents: AsyncSequence, Sendable {
    /// What happened.
    public typealias Element = CgroupEvent
    /// The sequence does not fail: what cannot be read any more has ended.
    public typealias Failure = Never

    let sources: [EventSource]
    private let state = Mutex(State())

    private struct State: ~Copyable {
        var pending: [CgroupEvent] = []
        var hasEnded = false
        var epoll: OwnedFileDescriptor?
    }

    init(_ sources: [EventSource]) { self.sources = sources }

    /// No events: those of what has ended already.
    package convenience init() {
        self.init([])
        state.withLock { $0.hasEnded = true }
    }

    /// The events from now on.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }

    /// Keeps what a look at a source shows.
    func look(at index: Int, _ flags: UInt32) {
        let observation = sources[index].observe(flags)
        state.withLock { state in
            if state.hasEnded { return }
            state.pending += observation.events
            state.hasEnded = observation.isLast
        }
    }

    /// The next event that is known, and whether there can be more.
    func take() -> (event: CgroupEvent?, hasEnded: Bool) {
        state.withLock { state in
            if state.pending.isEmpty { return (nil, state.hasEnded) }
            return (state.pending.removeFirst(), false)
        }
    }

    /// What a wait has brought.
    public enum Wait: Hashable, Sendable {
        /// An event.
        case event(CgroupEvent)
        /// None within the time.
        case timedOut
        /// There will be none any more.
        case ended
    }

    /// Waits for the next event, holding the thread.
    ///
    /// - Parameter timeout: How long; `nil` waits as long as it takes.
    /// - Returns: The event, or why there is none.
    /// - Throws: ``CgroupError``: `systemCall` when the group cannot be watched, for example for lack of descriptors.
    public func next(timeout: Duration? = nil) throws(CgroupError) -> Wait {
        let deadline = timeout.map { Deadline(after: $0) }
        do throws(SystemCallError) {
            let epoll = try epollNumber()
            while true {
                let (event, hasEnded) = take()
                if let event { return .event(event) }
                if hasEnded { return .ended }
                // More than a day at once is not needed: the loop waits again.
                let milliseconds = deadline.map { $0.remaining == 0 ? 0 : $0.milliseconds(atMost: 86_400_000) } ?? -1
                let isReady = try wait(epoll, milliseconds)
                if let deadline, !isReady, deadline.remaining == 0 { return .timedOut }
            }
        } catch { throw CgroupError("watch cgroup", path: nil, cause: error) }
    }

    private func epollNumber() throws(SystemCallError) -> CInt {
        if let number = state.withLock({ $0.epoll?.rawValue }) { return number }
        let epoll = OwnedFileDescriptor(takingOver: try systemCall("epoll_create1") { clinux_epoll_create() })
        let number = epoll.rawValue
        for (index, source) in sources.enumerated() {
            let watched = source.descriptor.descriptor.rawValue
            let flags = source.interest | CLINUX_EPOLLET
            try systemCall("epoll_ctl") {
                clinux_epoll_ctl(number, CLINUX_EPOLL_CTL_ADD, watched, flags, UInt64(index))
            }
        }
        keep(epoll)
        return number
    }

    private func keep(_ epoll: consuming OwnedFileDescriptor) {
        var epoll: OwnedFileDescriptor? = epoll
        state.withLock { $0.epoll = epoll.take() }
    }

    private func wait(_ epoll: CInt, _ milliseconds: CInt) throws(SystemCallError) -> Bool {
        var events = [clinux_epoll_event](repeating: clinux_epoll_event(), count: 8)
        let count = try systemCall("epoll_pwait") {
            unsafe events.withUnsafeMutableBufferPointer {
                unsafe clinux_epoll_wait(epoll, $0.baseAddress, CInt($0.count), milliseconds)
            }
        }
        for event in events.prefix(Int(count)) { look(at: Int(event.data), event.events) }
        return count > 0
    }

    /// Iterates over the events of a group.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private let events: CgroupEvents
        private let subscriptions: [Readiness.Subscription]
        private var wakeUps: AsyncStream<Void>.Iterator

        init(_ events: CgroupEvents) {
            self.events = events
            let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
            subscriptions = events.sources.indices.compactMap { index in
                let source = events.sources[index]
                // Held weakly: the subscription is held by the iterator, which holds the events.
                let body: @Sendable (UInt32) -> Void = { [weak events] flags in
                    events?.look(at: index, flags)
                    continuation.yield()
                }
                do throws(SystemCallError) {
                    return try Readiness.shared.subscribe(to: source.descriptor, events: source.interest, body)
                } catch {
                    // What cannot be watched tells nothing: the sequence ends rather than lying still.
                    events.end()
                    continuation.yield()
                    return nil
                }
            }
            wakeUps = stream.makeAsyncIterator()
        }

        /// The next event; `nil` at the end, and when the task is cancelled.
        public mutating func next() async -> CgroupEvent? {
            while true {
                let (event, hasEnded) = events.take()
                if let event { return event }
                if hasEnded { return nil }
                if await wakeUps.next(isolation: #isolation) == nil { return nil }
            }
        }
    }

    private func end() { state.withLock { $0.hasEnded = true } }
}
