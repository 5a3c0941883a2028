// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Attendance
internal import Glibc
internal import RuntimeCore

/// Runs a container with our streams, to its end.
struct Foreground {
    /// After so many interruptions a process is killed, as docker has it.
    static let patience = 3
    /// The container.
    let container: StoredContainer
    /// Whether it gets our standard input.
    var isInteractive = false
    /// Whether signals are handed on to it; else they end this program, and the container with it.
    var forwardsSignals = true
    /// Whether nothing is kept of a container that could not be started.
    var removesUnstarted = true

    /// - Returns: The exit status.
    func run() throws -> Int32 {
        let signals = forwardsSignals ? try SignalQueue() : nil
        var options = CreateOptions()
        options.diesWithParent = true
        if !isInteractive { options.input = try Streams.null(.readOnly) }
        let running: Container
        do {
            running = try container.launch(options)
            try start(running, signals)
        } catch {
            // The first error counts.
            try? container.runtimeContainer().delete(force: true)
            if removesUnstarted { try? container.remove(force: true) }
            throw error
        }
        return try finish(running)
    }

    private func start(_ running: Container, _ signals: SignalQueue?) throws {
        let processID = Int32(clamping: try running.state().pid)
        var attendance = Attendance(
            signals: signals,
            terminal: running.terminal,
            readsInput: isInteractive,
            patience: Self.patience
        )
        try running.start()
        if let process = WatchedProcess(processID) { try attendance.follow(process) }
    }

    private func finish(_ running: Container) throws -> Int32 {
        let exit = try running.waitBlocking()
        guard container.metadata.lifetime == .kept else {
            let reason = ExitReason(exit, statistics: try? running.statistics())
            try container.remove(force: true)
            return reason.statusCode
        }
        do throws(ContainerStoreError) { return Int32(clamping: try container.finish(running, exit).status) } catch {
            guard error.code == .containerNotFound else { throw error }
            // Somebody removed it while it ran.
            return ExitReason(exit, statistics: nil).statusCode
        }
    }
}
