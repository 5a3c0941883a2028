// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Attendance
internal import CProgram
internal import Glibc
internal import RuntimeCore

/// Keeps the terminal of a container for its supervisor: reads it into the log, or hands it to the one who attaches.
///
/// Who attaches connects to a socket in the container's directory and gets the terminal, the log and the process; as long as
/// the connection is there nobody else reads the terminal.
final class TerminalKeeper {
    /// Whether the program is started when the first one has attached.
    let startsForClient: Bool
    private let terminal: SharedDescriptor
    private let log: SharedDescriptor
    private let listener: SharedDescriptor
    private var client: SharedDescriptor?

    init(
        _ container: StoredContainer,
        _ terminal: SharedDescriptor,
        log: SharedDescriptor,
        startsForClient: Bool
    ) throws {
        self.startsForClient = startsForClient
        self.terminal = terminal
        self.log = log
        let result = try Self.withSocketPath(of: container) { unsafe program_listen($0) }
        if result < 0 { throw Failure("make the terminal's socket: \(Failure.text(of: -result))") }
        listener = SharedDescriptor(OwnedFileDescriptor(takingOver: result))
        _ = program_make_nonblocking(terminal.descriptor.rawValue)
    }

    /// Runs `body` with a path of the socket that is short enough, whatever the store's is.
    static func withSocketPath(of container: StoredContainer, _ body: (String) -> CInt) throws -> CInt {
        let directory = try FileDescriptor.open(container.bundle, .readOnly, options: [.closeOnExec, .directory])
        defer { try? directory.close() }
        return body("/proc/self/fd/\(directory.rawValue)/attach.sock")
    }

    /// Waits for the first one to attach and to say that the program may start.
    ///
    /// - Throws: ``Failure`` when the one who started this program is gone.
    func awaitClient(_ process: borrowing WatchedProcess) throws {
        var watched = [pollfd(fd: listener.descriptor.rawValue, events: Int16(POLLIN), revents: 0)]
        // The one who started us connects at once, or is gone.
        guard unsafe poll(&watched, 1, 30_000) == 1 else { throw Failure("nobody has attached") }
        accept(process)
        guard receive() == "start" else { throw Failure("nobody has attached") }
    }

    /// Says that the program runs.
    func tellStart() { send("0 started") }

    /// Says why the program could not be started.
    func tell(_ failure: Failure) { send("\(failure.status) \(failure.description)") }

    /// Says how the program has ended.
    func tell(status: Int) { send("\(status) ended") }

    /// Follows the process to its end.
    func follow(_ process: borrowing WatchedProcess) {
        var terminalIsOpen = true
        while true {
            let other = client?.descriptor.rawValue ?? listener.descriptor.rawValue
            let source = client == nil && terminalIsOpen ? terminal.descriptor.rawValue : -1
            var watched = [process.descriptor.rawValue, other, source].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            if unsafe poll(&watched, nfds_t(watched.count), -1) < 0 && errno != EINTR { return }
            if watched[2].revents != 0 { terminalIsOpen = Self.drain(terminal.descriptor.rawValue, to: log) }
            if watched[1].revents != 0 {
                // A client says nothing any more: what can be read is its end.
                if client == nil { accept(process) } else { client = nil }
            }
            if watched[0].revents != 0 {
                if client == nil { _ = Self.drain(terminal.descriptor.rawValue, to: log) }
                return
            }
        }
    }

    private func accept(_ process: borrowing WatchedProcess) {
        let number = program_accept(listener.descriptor.rawValue)
        if number < 0 { return }
        let descriptors = [terminal.descriptor.rawValue, log.descriptor.rawValue, process.descriptor.rawValue]
        let connection = SharedDescriptor(OwnedFileDescriptor(takingOver: number))
        if unsafe program_send_descriptors(number, descriptors, 3) >= 0 { client = connection }
    }

    private func send(_ text: String) {
        guard let client else { return }
        // One that is gone is not told.
        try? Output.write(Array(text.utf8), to: client.descriptor.rawValue)
    }

    private func receive() -> String? { client.flatMap { Self.message(from: $0.descriptor.rawValue) } }

    /// The next message of a connection; `nil` at its end.
    static func message(from connection: CInt) -> String? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(connection, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
        }
    }

    /// Copies what a terminal has now to a file, or nowhere.
    ///
    /// - Returns: Whether there can be more.
    private static func drain(_ terminal: CInt, to file: SharedDescriptor?) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(terminal, $0.baseAddress, $0.count) }
            if count < 0 && errno == EAGAIN { return true }
            if count < 0 && errno == EINTR { continue }
            // An error says that nobody has the other side open any more.
            if count <= 0 { return false }
            if let file { try? Output.write(Array(buffer[..<count]), to: file.descriptor.rawValue) }
        }
    }

    // What keeps the terminal of an added program whose user has left.

    /// The hidden first argument.
    static let holdArgument = "__hold"

    /// Starts a program that reads a terminal to its end, so that the process on its other side goes on.
    static func leave(_ terminal: SharedDescriptor) throws {
        let result = Supervisor.spawn(["skiff", holdArgument], report: terminal.descriptor.rawValue)
        if result < 0 { throw Failure("leave the terminal: \(Failure.text(of: -result))") }
    }

    /// Reads the terminal that was handed over to its end.
    static func hold() -> Never {
        _ = unsafe chdir("/")
        var watched = [pollfd(fd: 3, events: Int16(POLLIN), revents: 0)]
        while unsafe poll(&watched, 1, -1) >= 0 || errno == EINTR {
            if watched[0].revents != 0 && !drain(3, to: nil) { break }
        }
        exit(0)
    }
}
