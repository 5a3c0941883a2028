// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Attendance
internal import Glibc
internal import RuntimeCore
internal import Synchronization

/// The process that stays with a detached container: this program again, with the same command line.
///
/// It makes and starts the container, tells its parent how that went over a pipe, waits, and records the end.
enum Supervisor {
    /// The hidden first argument.
    static let argument = "__supervise"
    /// Where the supervisor tells its parent.
    private static let reportDescriptor: CInt = 3

    private struct State {
        var isActive = false
        var hasReported = false
    }

    private static let state = Mutex(State())

    /// Whether this process is one.
    static var isActive: Bool { state.withLock { $0.isActive } }

    /// Makes this process a supervisor.
    static func takeOver() {
        state.withLock { $0.isActive = true }
        _ = signal(SIGPIPE, SIG_IGN)
        _ = fcntl(reportDescriptor, F_SETFD, FD_CLOEXEC)
    }

    /// Launches a container, and reports its id once the program runs; returns when it has ended.
    static func run(_ container: StoredContainer, isInteractive: Bool, removesUnstarted: Bool) throws {
        // The directory of whoever called us is none of our business any more.
        _ = unsafe chdir("/")
        var options = CreateOptions()
        let log = try Streams.log(of: container)
        options.diesWithParent = container.metadata.lifetime == .scoped
        options.input = isInteractive ? try Streams.silentPipe() : try Streams.null(.readOnly)
        options.output = log
        options.errors = log
        let running: Container
        do {
            running = try container.launch(options)
            options.input = nil
            try attend(running, id: container.id, log: log)
        } catch {
            // The first error counts.
            try? container.runtimeContainer().delete(force: true)
            if removesUnstarted { try? container.remove(force: true) }
            throw error
        }
        let exit = try running.waitBlocking()
        if container.metadata.lifetime == .kept {
            try container.finish(running, exit)
        } else {
            try container.remove(force: true)
        }
    }

    private static func attend(_ running: Container, id: String, log: SharedDescriptor) throws {
        let processID = Int32(clamping: try running.state().pid)
        var attendance = Attendance(
            signals: nil,
            terminal: running.terminal,
            readsInput: false,
            output: log.descriptor.rawValue
        )
        try running.start()
        report("0 \(id)")
        if let process = WatchedProcess(processID) { try attendance.follow(process) }
    }

    /// Tells the parent why there is no container.
    static func report(failure: Failure) { report("\(failure.status) \(failure.description)") }

    private static func report(_ text: String) {
        let isFirst = state.withLock { state in
            defer { state.hasReported = true }
            return !state.hasReported
        }
        guard isFirst else { return }
        // A parent that is gone is not told.
        try? Output.write(Array(text.utf8), to: reportDescriptor)
        close(reportDescriptor)
    }
}
