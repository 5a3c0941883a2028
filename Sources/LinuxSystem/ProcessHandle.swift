// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import SystemPackage

/// How a process ended, and what it used.
public struct ProcessExit: Hashable, Sendable {
    /// The reason.
    public enum Reason: Hashable, Sendable {
        /// It exited with this status, 0...255.
        case exited(Int32)
        /// A signal ended it.
        case signaled(Int32, coreDumped: Bool)
    }

    /// Why it ended.
    public let reason: Reason
    /// CPU time in user mode, in microseconds, of the process and its waited-for children.
    public let userMicroseconds: Int64
    /// CPU time in kernel mode, in microseconds, likewise.
    public let systemMicroseconds: Int64
    /// The largest resident set of any of them, in KiB.
    public let maximumResidentKiB: Int64
}

/// A process held by its pidfd (pidfd_open(2)): the number can be reused, the handle cannot be mistaken.
package struct ProcessHandle: ~Copyable, Sendable {
    /// The pidfd.
    package let descriptor: OwnedFileDescriptor
    /// The process's number, as this process's pid namespace sees it. For people and for procfs.
    package let processID: Int32

    package init(takingOver descriptor: consuming OwnedFileDescriptor, processID: Int32) {
        self.descriptor = descriptor
        self.processID = processID
    }

    /// Opens the process `processID`.
    ///
    /// - Throws: ``SystemCallError``: `ESRCH` when there is none.
    package init(processID: Int32) throws(SystemCallError) {
        descriptor = OwnedFileDescriptor(
            takingOver: try systemCall("pidfd_open", path: FilePath("\(processID)")) {
                clinux_pidfd_open(processID, 0)
            }
        )
        self.processID = processID
    }

    /// Sends a signal; 0 only asks whether the process exists.
    package func send(signal: Int32) throws(SystemCallError) {
        let number = descriptor.rawValue
        try systemCall("pidfd_send_signal") { clinux_pidfd_send_signal(number, signal) }
    }

    /// Whether the process has ended, be it reaped or not.
    package func hasEnded() throws(SystemCallError) -> Bool {
        var poll = clinux_pollfd(fd: descriptor.rawValue, events: Int16(CLINUX_POLLIN), returned: 0)
        return try systemCall("ppoll") { unsafe clinux_poll(&poll, 1, 0) } > 0
    }

    /// Waits until the process has ended, at most `milliseconds`; negative waits as long as it takes.
    ///
    /// - Returns: Whether it has ended.
    package func waitForEnd(milliseconds: Int32 = -1) throws(SystemCallError) -> Bool {
        var poll = clinux_pollfd(fd: descriptor.rawValue, events: Int16(CLINUX_POLLIN), returned: 0)
        return try systemCall("ppoll") { unsafe clinux_poll(&poll, 1, milliseconds) } > 0
    }

    /// Waits for the end of a child and reaps it.
    ///
    /// - Throws: ``SystemCallError``: `ECHILD` when it is not our child, or was reaped before.
    package func reap() throws(SystemCallError) -> ProcessExit {
        let number = descriptor.rawValue
        var info = clinux_siginfo()
        var usage = clinux_rusage()
        try systemCall("waitid") {
            unsafe clinux_waitid(CLINUX_P_PIDFD, number, &info, CLINUX_WEXITED | CLINUX_WALL, &usage)
        }
        let reason: ProcessExit.Reason =
            info.code == CLINUX_CLD_EXITED
            ? .exited(info.status) : .signaled(info.status, coreDumped: info.code == CLINUX_CLD_DUMPED)
        return ProcessExit(
            reason: reason,
            userMicroseconds: usage.user.seconds &* 1_000_000 &+ usage.user.microseconds,
            systemMicroseconds: usage.system.seconds &* 1_000_000 &+ usage.system.microseconds,
            maximumResidentKiB: usage.max_rss_kib
        )
    }
}
