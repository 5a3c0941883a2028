// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
public import LinuxSystem
internal import Synchronization

/// A program that runs in a sandbox.
public final class SandboxProcess: Sendable {
    private let launched: LaunchedProcess
    private let exit = Mutex<ProcessExit?>(nil)

    init(_ launched: consuming LaunchedProcess) { self.launched = launched }

    /// The process's number on the host.
    public var processID: Int32 { launched.process.processID }

    /// Sends a signal; a process that has ended takes none.
    ///
    /// - Throws: `SystemCallError`: `ESRCH` when it has ended.
    public func send(signal: Int32) throws(SystemCallError) { try launched.process.send(signal: signal) }

    /// Ends the program and, when it has a pid namespace of its own, all processes in it.
    public func kill() {
        // A process that has ended already is what was asked for.
        try? launched.process.send(signal: CLINUX_SIGKILL)
    }

    /// Waits for the end without holding a thread.
    ///
    /// - Returns: How it ended and what it used; the same every time.
    /// - Throws: `CancellationError` when the task is cancelled; the program goes on then.
    public func wait() async throws -> ProcessExit {
        try await Readiness.shared.waitUntilReadable(launched.process.descriptor)
        return try reap()
    }

    /// Waits for the end, holding the thread.
    func reap() throws(SystemCallError) -> ProcessExit {
        try exit.withLock { (exit: inout ProcessExit?) throws(SystemCallError) -> ProcessExit in
            if let exit { return exit }
            let reaped = try launched.process.reap()
            exit = reaped
            return reaped
        }
    }
}

/// The caller's own standard streams.
package enum StandardStream {
    /// `chosen`, or a second descriptor for stream `number` of the caller's.
    package static func resolve(
        _ chosen: SharedDescriptor?,
        _ number: CInt
    ) throws(SystemCallError) -> SharedDescriptor {
        if let chosen { return chosen }
        return try duplicate(number)
    }

    /// A second descriptor for stream 0, 1 or 2.
    package static func duplicate(_ number: CInt) throws(SystemCallError) -> SharedDescriptor {
        SharedDescriptor(
            OwnedFileDescriptor(
                takingOver: try systemCall("fcntl") { clinux_fcntl(number, CLINUX_F_DUPFD_CLOEXEC, 3) }
            )
        )
    }
}
