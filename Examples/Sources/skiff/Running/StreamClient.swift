// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Attendance
internal import Glibc
internal import RuntimeCore

/// Stands in for a detached container without a terminal: shows what it writes, hands on signals, and what is typed here if it
/// was made to read.
struct StreamClient: ~Copyable {
    private var log: LogFile
    private var input: SharedDescriptor?
    /// What was read and not yet taken by the container.
    private var pending: [UInt8] = []
    private var inputIsOpen = true

    /// - Parameters:
    ///   - log: What the container writes, from where it is to be shown.
    ///   - input: The container's standard input, if ours goes to it.
    init(_ log: consuming LogFile, input: SharedDescriptor?) {
        self.log = log
        self.input = input
    }

    /// Follows the process to its end.
    mutating func follow(_ process: borrowing WatchedProcess) throws {
        let signals = try SignalQueue()
        while true {
            let reads = input != nil && inputIsOpen && pending.isEmpty
            let target = pending.isEmpty ? -1 : input?.descriptor.rawValue ?? -1
            var watched = [
                pollfd(fd: process.descriptor.rawValue, events: Int16(POLLIN), revents: 0),
                pollfd(fd: reads ? 0 : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: target, events: Int16(POLLOUT), revents: 0),
            ]
            // The log is a file, whose growth is not waited for.
            if unsafe poll(&watched, nfds_t(watched.count), 50) < 0 && errno != EINTR {
                throw Failure("wait for the container: \(Failure.text(of: errno))")
            }
            if watched[1].revents != 0 { readInput() }
            writeInput()
            try log.copy()
            for signal in signals.takeAll() { process.send(signal: signal) }
            if watched[0].revents != 0 { return try log.copy() }
        }
    }

    private mutating func readInput() {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(0, $0.baseAddress, $0.count) }
        if count < 0 && (errno == EAGAIN || errno == EINTR) { return }
        inputIsOpen = count > 0
        if count > 0 { pending = Array(buffer[..<count]) }
    }

    private mutating func writeInput() {
        guard let input, !pending.isEmpty else { return }
        let count = unsafe pending.withUnsafeBytes { unsafe write(input.descriptor.rawValue, $0.baseAddress, $0.count) }
        if count > 0 { pending.removeFirst(count) }
        if count >= 0 || errno == EAGAIN || errno == EINTR { return }
        // The program does not read any more.
        self.input = nil
        pending = []
    }
}
