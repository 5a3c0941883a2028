// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CProgram
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Copies between descriptors of ours and the host's side of a process's terminal.
struct TerminalRelay {
    /// The host's side of the process's terminal.
    let terminal: SharedDescriptor
    /// Where the process's output goes.
    private let output: CInt
    /// What was read and not yet taken by the terminal.
    private var pending: [UInt8] = []
    private var inputIsOpen: Bool
    private var terminalIsOpen = true
    private var keys: DetachKeys?
    /// A file that gets the process's output, too.
    private let record: SharedDescriptor?
    /// Whether the user has typed the keys to leave.
    private(set) var hasDetached = false

    /// The end of a file, as a key: what a terminal makes of it ends the input of who reads there.
    private static let endOfInput: UInt8 = 4

    /// - Parameters:
    ///   - terminal: The host's side of the process's terminal.
    ///   - readsInput: Whether standard input is copied to it.
    ///   - output: Where its output goes.
    ///   - keys: What the user types to leave; `nil` is nothing.
    ///   - copy: A file that gets its output, too.
    init(
        _ terminal: SharedDescriptor,
        readsInput: Bool,
        output: CInt,
        keys: DetachKeys? = nil,
        copy: SharedDescriptor? = nil
    ) {
        self.keys = keys
        self.record = copy
        self.terminal = terminal
        self.output = output
        inputIsOpen = readsInput
        // A process that does not read must not keep us from reading what it writes.
        _ = program_make_nonblocking(terminal.descriptor.rawValue)
    }

    /// What to wait for: the terminal, then standard input.
    var watched: [pollfd] {
        let events = pending.isEmpty ? POLLIN : POLLIN | POLLOUT
        return [
            pollfd(fd: terminalIsOpen ? terminal.descriptor.rawValue : -1, events: Int16(events), revents: 0),
            pollfd(fd: inputIsOpen && pending.isEmpty ? 0 : -1, events: Int16(POLLIN), revents: 0),
        ]
    }

    /// Copies what is ready.
    mutating func copy(_ ready: ArraySlice<pollfd>) throws(SystemCallError) {
        if ready.first?.revents != 0 { try copyOutput() }
        if ready.last?.revents != 0 { readInput() }
        writeInput()
    }

    /// Copies what the process has written, to the end or until there is no more now.
    mutating func copyOutput() throws(SystemCallError) {
        while terminalIsOpen, let bytes = read(from: terminal.descriptor.rawValue) {
            // An error here says that nobody has the other side open any more.
            if bytes.isEmpty { terminalIsOpen = false }
            if let record { try write(bytes, to: record.descriptor.rawValue) }
            try write(bytes, to: output)
        }
    }

    private func write(_ bytes: [UInt8], to output: CInt) throws(SystemCallError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(output, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemCallError(call: "write", errno: Errno(rawValue: errno))
            }
            rest = rest.dropFirst(count)
        }
    }

    private mutating func readInput() {
        guard let bytes = read(from: 0) else { return }
        let (typed, leaves) = keys?.take(bytes) ?? (bytes, false)
        hasDetached = leaves
        pending += typed
        guard bytes.isEmpty else { return }
        inputIsOpen = false
        pending.append(Self.endOfInput)
    }

    private mutating func writeInput() {
        guard terminalIsOpen, !pending.isEmpty else { return }
        let count = unsafe pending.withUnsafeBytes {
            unsafe Glibc.write(terminal.descriptor.rawValue, $0.baseAddress, $0.count)
        }
        if count > 0 { pending.removeFirst(count) }
    }

    /// What can be read now; empty at the end and on errors, `nil` when there is nothing yet.
    private func read(from number: CInt) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(number, $0.baseAddress, $0.count) }
        if count < 0 && (errno == EAGAIN || errno == EINTR) { return nil }
        return Array(buffer.prefix(max(count, 0)))
    }
}
