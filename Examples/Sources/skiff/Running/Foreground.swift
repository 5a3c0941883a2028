// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Attendance
internal import Glibc
internal import RuntimeCore

/// Runs a container with our streams, to its end. One that is to be started again then gets a supervisor, as docker's goes on
/// without who has started it.
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
    /// Notes what the launch does and when.
    var recording: LaunchRecording?

    /// - Returns: The exit status.
    func run() throws -> Int32 {
        let signals = forwardsSignals ? try SignalQueue() : nil
        var options = CreateOptions()
        options.diesWithParent = true
        ContainerMark.stopped.clear(container)
        if container.metadata.supervision != nil { SupervisorRecord().write(container) }
        options.recorder = recording?.recorder
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
        let status = try finish(running)
        if container.metadata.lifetime == .kept { try Supervisor.takeOver(container, after: Int(status)) }
        return status
    }

    private func start(_ running: Container, _ signals: SignalQueue?) throws {
        let processID = Int32(clamping: try running.state().pid)
        var attendance = Attendance(
            signals: signals,
            terminal: running.terminal,
            readsInput: isInteractive,
            patience: Self.patience
        )
        try recording.measure("start the program") { try running.start() }
        try recording?.write(running, of: container.metadata.image)
        let watch = HealthWatch.begin(container)
        defer { watch?.cancel() }
        if let process = WatchedProcess(processID) { try attendance.follow(process) }
        // Who interrupts it has stopped it, and not only this life of it.
        if attendance.wasInterrupted { try ContainerMark.stopped.set(container) }
    }

    private func finish(_ running: Container) throws -> Int32 {
        let exit = try running.waitBlocking()
        guard container.metadata.lifetime == .kept else {
            let reason = ExitReason(exit, statistics: try? running.statistics())
            try container.remove(force: true)
            if reason == .outOfMemory { tellOfMemory() }
            return reason.statusCode
        }
        do throws(ContainerStoreError) {
            let end = try container.finish(running, exit)
            if end.outOfMemory { tellOfMemory() }
            return Int32(clamping: end.status)
        } catch {
            guard error.code == .containerNotFound else { throw error }
            // Somebody removed it while it ran.
            return ExitReason(exit, statistics: nil).statusCode
        }
    }

    /// A status of 137 alone does not tell who killed the container.
    private func tellOfMemory() { Output.error("killed: out of memory; --memory says how much it may use") }
}
