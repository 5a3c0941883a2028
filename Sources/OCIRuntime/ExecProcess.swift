// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
public import LinuxSystem
internal import NamespaceKit
internal import Synchronization
internal import SystemPackage

/// A process that was added to a running container.
public final class ExecProcess: Sendable {
    private let launched: LaunchedProcess
    private let container: String
    private let exit = Mutex<ProcessExit?>(nil)
    /// The host's side of its terminal, when it has one and no console socket was given.
    public let terminal: SharedDescriptor?

    init(_ launched: consuming LaunchedProcess, container: String) {
        terminal = SharedDescriptor(launched.terminal.take())
        self.launched = launched
        self.container = container
    }

    deinit {
        // A process that nobody waits for any more would stay as a zombie.
        if exit.withLock({ $0 }) == nil { launched.process.letGo() }
    }

    /// The process's number on the host.
    public var processID: Int32 { launched.process.processID }

    /// Sends a signal.
    ///
    /// - Throws: ``RuntimeError``: `wrongState` when the process has ended.
    public func kill(signal: Int32) throws(RuntimeError) {
        do throws(SystemCallError) { try launched.process.send(signal: signal) } catch {
            if error.errno == .noSuchProcess {
                throw RuntimeError(.wrongState, "process already finished", container: container)
            }
            throw RuntimeError("send signal \(signal)", error, container: container)
        }
    }

    /// Waits for the end without holding a thread.
    ///
    /// - Returns: How it ended and what it used; the same every time.
    public func wait() async throws -> ProcessExit {
        try await Readiness.shared.waitUntilReadable(launched.process.descriptor)
        return try reap()
    }

    /// Waits for the end, holding the thread.
    public func waitBlocking() throws(RuntimeError) -> ProcessExit {
        do throws(SystemCallError) { _ = try launched.process.waitForEnd() } catch {
            throw RuntimeError("wait for the process", error, container: container)
        }
        return try reap()
    }

    private func reap() throws(RuntimeError) -> ProcessExit {
        do throws(SystemCallError) {
            return try exit.withLock { (exit: inout ProcessExit?) throws(SystemCallError) -> ProcessExit in
                if let exit { return exit }
                let reaped = try launched.process.reap()
                exit = reaped
                return reaped
            }
        } catch { throw RuntimeError("wait for the process", error, container: container) }
    }
}
