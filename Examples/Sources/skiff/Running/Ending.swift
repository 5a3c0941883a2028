// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Attendance
internal import Glibc
internal import RuntimeCore

/// Brings a container to its end, and waits until its owner has noted that.
struct Ending {
    private let container: StoredContainer

    init(_ container: StoredContainer) { self.container = container }

    /// Sends a signal, then SIGKILL when the process has not ended in time. One that does not run is left alone.
    ///
    /// - Parameters:
    ///   - name: The signal; `nil` is the one that the container is to be ended with.
    ///   - seconds: The time; negative is for ever.
    /// - Throws: ``Failure`` for a signal that there is not, ``RuntimeError`` and ``ContainerStoreError``.
    func end(signal name: String?, seconds: Int) throws {
        // What is to end ends, noted or not; it may be started again then.
        try? ContainerMark.stopped.set(container)
        let signal = try SignalName.number(of: name ?? container.metadata.stopSignal ?? "TERM")
        let milliseconds: Int32 = seconds < 0 ? -1 : Int32(clamping: min(seconds, Int(Int32.max)) * 1000)
        switch try container.status() {
        case .running(let number), .paused(let number):
            guard let process = WatchedProcess(Int32(clamping: number)) else { break }
            do {
                let running = try container.runtimeContainer()
                try running.kill(signal: signal)
                if !process.waitForEnd(milliseconds: milliseconds) { try running.kill(signal: SIGKILL, all: true) }
            } catch {
                // It ended by itself meanwhile, or is paused and cannot.
                if !process.waitForEnd(milliseconds: 0) { throw error }
            }
            _ = process.waitForEnd()
        case .created, .exited: return
        }
        waitForOwner()
    }

    /// Waits for the end, whoever brings it.
    ///
    /// - Returns: The exit status; `nil` when nobody was there to see it, or it is removed already.
    func await() throws -> Int32? {
        while true {
            let status: StoredContainer.Status
            do throws(ContainerStoreError) { status = try container.status() } catch {
                if error.code == .containerNotFound { return nil }
                throw error
            }
            switch status {
            case .running(let number), .paused(let number):
                if let process = WatchedProcess(Int32(clamping: number)) { _ = process.waitForEnd() }
                waitForOwner()
            case .created: usleep(50_000)
            case .exited(.some(let exit)): return Int32(clamping: exit.status)
            case .exited(nil):
                // Its owner may be about to note it.
                waitForOwner()
                guard case .exited(.some(let exit)) = try container.status() else { return nil }
                return Int32(clamping: exit.status)
            }
        }
    }

    /// Waits a moment for the program that owns the container to note its end, or to remove it.
    private func waitForOwner() {
        for _ in 0..<200 {
            guard let status = try? container.status() else { return }
            if case .exited(.some) = status, (try? container.runtimeContainer()) == nil { return }
            usleep(10_000)
        }
    }
}
