// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import Synchronization

/// One descriptor that tells of events, and what was seen of it.
final class EventSource: Sendable {
    enum Kind: Sendable {
        /// `memory.events` of version 2.
        case memory
        /// `cgroup.events` of version 2.
        case members
        /// An event counter that version 1 raises at the end of memory; the file says how often it has killed.
        case legacyMemory(SharedDescriptor)
        /// A trigger, in force as long as its file is open.
        case pressure(PressureTrigger)
        /// A process whose end is the end of all events.
        case process
    }

    /// What a look at a source has shown.
    struct Observation: Equatable {
        var events: [CgroupEvent] = []
        /// Whether there will be no more.
        var isLast = false
    }

    let kind: Kind
    let descriptor: SharedDescriptor
    private let seen = Mutex<[String: UInt64]>([:])

    /// Starts from what holds now: it is no event.
    init(_ kind: Kind, _ descriptor: consuming OwnedFileDescriptor) throws(SystemCallError) {
        self.kind = kind
        self.descriptor = SharedDescriptor(descriptor)
        let table = try table()
        seen.withLock { $0 = table }
    }

    /// What epoll is to watch.
    var interest: UInt32 {
        switch kind {
        case .memory, .members, .pressure: CLINUX_EPOLLPRI
        case .legacyMemory, .process: CLINUX_EPOLLIN
        }
    }

    /// Looks what has happened since the last look.
    ///
    /// - Parameter flags: What epoll has reported.
    /// - Returns: What happened.
    func observe(_ flags: UInt32) -> Observation {
        switch kind {
        case .process: return Observation(isLast: true)
        // The kernel takes a trigger away with its group.
        case .pressure(let trigger):
            let isGone = flags & CLINUX_EPOLLERR != 0
            return Observation(events: isGone ? [] : [.pressure(trigger)], isLast: isGone)
        case .legacyMemory:
            // The counter only wakes; a group that is removed raises it, too, and then its file cannot be read.
            _ = try? descriptor.descriptor.drainCounter()
            guard let table = try? table() else { return Observation(isLast: true) }
            return Observation(events: [.outOfMemory(kills: table["oom_kill"] ?? 0)])
        case .memory, .members:
            // A group that was removed takes its last process's end with it.
            guard let table = try? table() else { return Observation(isLast: true) }
            let before = seen.withLock { seen in
                defer { seen = table }
                return seen
            }
            return Self.compare(before, table)
        }
    }

    /// What the change of a table of counters and states means.
    static func compare(_ before: [String: UInt64], _ now: [String: UInt64]) -> Observation {
        var result = Observation()
        if let kills = now["oom_kill"], kills > before["oom_kill"] ?? 0 {
            result.events.append(.outOfMemory(kills: kills))
        }
        if let frozen = now["frozen"], frozen != before["frozen"] {
            result.events.append(frozen == 0 ? .thawed : .frozen)
        }
        if now["populated"] == 0 && before["populated"] == 1 {
            result.events.append(.emptied)
            result.isLast = true
        }
        return result
    }

    private func table() throws(SystemCallError) -> [String: UInt64] {
        switch kind {
        case .memory, .members: KernelText.table(try descriptor.descriptor.readFromStart(limit: 4096))
        case .legacyMemory(let file): KernelText.table(try file.descriptor.readFromStart(limit: 4096))
        case .pressure, .process: [:]
        }
    }
}

extension OwnedFileDescriptor {
    /// Takes what an event counter has; it blocks nobody.
    fileprivate func drainCounter() throws(SystemCallError) {
        var buffer = [UInt8](repeating: 0, count: 8)
        _ = try read(into: &buffer)
    }
}
