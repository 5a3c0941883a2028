// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CProgram
internal import Glibc
internal import LinuxSystem

/// Stands in for a process in a container: hands signals and the terminal on until the process has ended.
struct Foreground: ~Copyable {
    private let signals: OwnedFileDescriptor

    /// Holds back the signals that are going to be handed on.
    init() throws(ProgramError) {
        let result = program_signal_queue()
        try ProgramError.check("hold back signals", "signalfd", nil, result)
        signals = OwnedFileDescriptor(takingOver: result)
    }

    /// Starts a process and follows it to its end.
    ///
    /// - Parameters:
    ///   - processID: A child that has not been waited for.
    ///   - terminal: The host's side of its terminal, if it has one.
    ///   - start: Lets it run.
    /// - Throws: What `start` throws, and ``ProgramError`` when the process cannot be followed.
    borrowing func follow(_ processID: Int32, terminal: SharedDescriptor?, start: () throws -> Void) throws {
        let process = try ProcessDescriptor(of: processID)
        guard let terminal else {
            try start()
            try follow(process)
            return
        }
        // The user's terminal gets its mode back when this goes away, on errors too.
        let host = HostTerminal()
        var relay = TerminalRelay(terminal)
        host.copySize(to: terminal)
        try start()
        try follow(process, &relay, host)
    }

    private borrowing func follow(_ process: borrowing ProcessDescriptor) throws(ProgramError) {
        while true {
            var watched = [
                pollfd(fd: signals.rawValue, events: Int16(POLLIN), revents: 0),
                pollfd(fd: process.descriptor.rawValue, events: Int16(POLLIN), revents: 0),
            ]
            try Self.wait(&watched)
            forwardSignals(to: process)
            if watched[1].revents != 0 { return }
        }
    }

    private borrowing func follow(
        _ process: borrowing ProcessDescriptor,
        _ relay: inout TerminalRelay,
        _ host: borrowing HostTerminal
    ) throws(ProgramError) {
        while true {
            var watched = [
                pollfd(fd: signals.rawValue, events: Int16(POLLIN), revents: 0),
                pollfd(fd: process.descriptor.rawValue, events: Int16(POLLIN), revents: 0),
            ]
            watched += relay.watched
            try Self.wait(&watched)
            if forwardSignals(to: process).contains(SIGWINCH) { host.copySize(to: relay.terminal) }
            relay.copy(watched[2...])
            if watched[1].revents != 0 {
                relay.copyOutput()
                return
            }
        }
    }

    private static func wait(_ watched: inout [pollfd]) throws(ProgramError) {
        while unsafe poll(&watched, nfds_t(watched.count), -1) < 0 {
            guard errno == EINTR else { throw ProgramError("wait for the process", "poll", result: -errno) }
        }
    }

    /// Hands on what has arrived, but for what concerns this process only.
    @discardableResult
    private borrowing func forwardSignals(to process: borrowing ProcessDescriptor) -> [Int32] {
        var arrived: [Int32] = []
        while true {
            let signal = program_next_signal(signals.rawValue)
            if signal == 0 { return arrived }
            arrived.append(signal)
            if ![SIGCHLD, SIGPIPE, SIGWINCH, SIGURG].contains(signal) { process.send(signal: signal) }
        }
    }
}
