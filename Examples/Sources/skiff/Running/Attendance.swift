// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Glibc
internal import RuntimeCore

/// Stands in for a process in a container: hands signals and the terminal on until the process has ended.
struct Attendance: ~Copyable {
    private let signals: SignalQueue?
    private let host: HostTerminal
    private var relay: TerminalRelay?
    private var interruptions = 0

    /// - Parameters:
    ///   - signals: The signals to hand on.
    ///   - terminal: The host's side of the process's terminal, if it has one.
    ///   - input: Whether standard input goes to the terminal.
    ///   - output: Where the terminal's output goes.
    init(signals: SignalQueue?, terminal: SharedDescriptor?, input: Bool, output: CInt = 1) {
        self.signals = signals
        host = HostTerminal(isRaw: terminal != nil && input)
        relay = terminal.map { TerminalRelay($0, readsInput: input, output: output) }
    }

    /// Follows a child to its end; it is not reaped.
    mutating func follow(_ processID: Int32) throws {
        guard let process = WatchedProcess(processID) else { return }
        let nothing = pollfd(fd: -1, events: 0, revents: 0)
        while true {
            var watched = [process.watched, nothing] + (relay?.watched ?? [])
            if let queue = signals?.watched { watched[1] = queue }
            if unsafe poll(&watched, nfds_t(watched.count), -1) < 0 {
                if errno == EINTR { continue }
                throw Failure("wait for the process: \(Failure.text(of: errno))")
            }
            forwardSignals(to: process)
            try relay?.copy(watched[2...])
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
            case SIGWINCH: if let relay { host.copySize(to: relay.terminal) }
            default:
                process.send(signal: signal)
                // A first process without a handler does not notice; who insists is obeyed, as docker does.
                if signal == SIGINT || signal == SIGTERM { interruptions += 1 }
                if interruptions == 3 { process.send(signal: SIGKILL) }
            }
        }
    }
}
