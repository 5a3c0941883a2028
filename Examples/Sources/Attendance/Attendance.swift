// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CProgram
internal import Glibc
package import LinuxSystem
internal import SystemPackage

/// Stands in for a process in a container: hands signals and the terminal on until the process has ended.
package struct Attendance: ~Copyable {
    private let signals: SignalQueue?
    private let host: HostTerminal
    private var relay: TerminalRelay?
    private let patience: Int?
    private var interruptions = 0
    /// Whether the user has typed the keys to leave, so that the process goes on by itself.
    package private(set) var hasDetached = false
    /// Whether the process was sent a signal that asks programs to end.
    package private(set) var wasInterrupted = false

    /// - Parameters:
    ///   - signals: The signals to hand on.
    ///   - terminal: The host's side of the process's terminal, if it has one.
    ///   - readsInput: Whether standard input goes to the terminal.
    ///   - output: Where the terminal's output goes.
    ///   - patience: How often SIGINT and SIGTERM are handed on before the process is killed; `nil` is for ever.
    ///   - keys: What the user types to leave; `nil` is nothing.
    ///   - copy: A file that gets the terminal's output, too.
    ///   - keepsNewlines: Whether the terminal's output is passed as the process writes it, without carriage returns.
    package init(
        signals: SignalQueue?,
        terminal: SharedDescriptor?,
        readsInput: Bool,
        output: CInt = 1,
        patience: Int? = nil,
        keys: DetachKeys? = nil,
        copy: SharedDescriptor? = nil,
        keepsNewlines: Bool = false
    ) {
        self.signals = signals
        self.patience = patience
        host = HostTerminal(isRaw: terminal != nil && readsInput, addsReturns: keepsNewlines)
        relay = terminal.map { TerminalRelay($0, readsInput: readsInput, output: output, keys: keys, copy: copy) }
        if keepsNewlines, let terminal { _ = program_keep_newlines(terminal.descriptor.rawValue) }
    }

    /// Gives the process's terminal the size of ours.
    package borrowing func copySize() {
        if let relay { host.copySize(to: relay.terminal) }
    }

    /// Follows a process to its end, or until the user leaves; it is not reaped.
    ///
    /// - Parameters:
    ///   - process: The child.
    ///   - descriptor: Something else to watch; negative is nothing.
    ///   - whenReadable: Called when `descriptor` can be read, and says whether to go on watching it.
    /// - Throws: ``SystemCallError`` when nobody takes the terminal's output any more.
    package mutating func follow(
        _ process: borrowing WatchedProcess,
        also descriptor: CInt = -1,
        whenReadable: () -> Bool = { false }
    ) throws(SystemCallError) {
        let nothing = pollfd(fd: -1, events: 0, revents: 0)
        var other = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while true {
            var watched = [process.watched, signals?.watched ?? nothing, other] + (relay?.watched ?? [])
            if unsafe poll(&watched, nfds_t(watched.count), -1) < 0 {
                if errno == EINTR { continue }
                throw SystemCallError(call: "poll", errno: Errno(rawValue: errno))
            }
            forwardSignals(to: process)
            if watched[2].revents != 0 && !whenReadable() { other.fd = -1 }
            try relay?.copy(watched[3...])
            hasDetached = relay?.hasDetached ?? false
            if hasDetached { return }
            if watched[0].revents != 0 {
                try relay?.copyOutput()
                return
            }
        }
    }

    private mutating func forwardSignals(to process: borrowing WatchedProcess) {
        for signal in signals?.take() ?? [] {
            switch signal {
            case SIGCHLD, SIGPIPE, SIGURG: break
            case SIGWINCH: copySize()
            default:
                process.send(signal: signal)
                if [SIGINT, SIGTERM, SIGHUP, SIGQUIT].contains(signal) { wasInterrupted = true }
                // A first process without a handler does not notice; who insists is obeyed.
                if signal == SIGINT || signal == SIGTERM { interruptions += 1 }
                if interruptions == patience { process.send(signal: SIGKILL) }
            }
        }
    }
}
