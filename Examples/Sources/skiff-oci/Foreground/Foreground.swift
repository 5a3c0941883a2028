// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Attendance
internal import LinuxSystem

/// Stands in for a process in a container until it has ended.
struct Foreground {
    private let signals: SignalQueue

    /// Holds back the signals that are going to be handed on.
    init() throws(SystemCallError) { signals = try SignalQueue() }

    /// Starts a process and follows it to its end.
    ///
    /// - Parameters:
    ///   - processID: A child that has not been waited for.
    ///   - terminal: The host's side of its terminal, if it has one.
    ///   - readiness: Where it says that it is ready, if somebody wants to know.
    ///   - start: Lets it run.
    /// - Throws: What `start` throws, and ``SystemCallError`` when the process cannot be followed.
    func follow(
        _ processID: Int32,
        terminal: SharedDescriptor?,
        readiness: ReadinessRelay? = nil,
        start: () throws -> Void
    ) throws {
        guard let process = WatchedProcess(processID) else {
            throw ProgramError("process \(processID) is gone before it was started")
        }
        // The user's terminal gets its mode back when this goes away, on errors too.
        var attendance = Attendance(signals: signals, terminal: terminal, readsInput: true, keepsNewlines: true)
        attendance.copySize()
        try start()
        try attendance.follow(process, also: readiness?.descriptor ?? -1) { readiness?.relay() == false }
    }
}
