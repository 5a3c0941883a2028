// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Attendance
internal import CProgram
internal import Glibc
internal import RuntimeCore

/// Takes a container's terminal from its supervisor for as long as the user stays.
struct TerminalClient {
    private let keys: DetachKeys
    private let connection: SharedDescriptor
    private let terminal: SharedDescriptor
    private let log: SharedDescriptor
    private let process: SharedDescriptor

    /// Connects.
    ///
    /// - Throws: ``Failure`` when the container has no supervisor with a terminal, or somebody has it already.
    init(_ container: StoredContainer, keys: DetachKeys) throws {
        self.keys = keys
        let name = container.metadata.name
        let number = try TerminalKeeper.withSocketPath(of: container) { unsafe program_connect($0) }
        if number < 0 { throw Failure("attach to container \(name): \(Failure.text(of: -number))") }
        connection = SharedDescriptor(OwnedFileDescriptor(takingOver: number))
        var wait = [pollfd(fd: number, events: Int16(POLLIN), revents: 0)]
        guard unsafe poll(&wait, 1, 2000) == 1 else {
            throw Failure("container \(name): somebody is attached already")
        }
        var numbers: [CInt] = [-1, -1, -1]
        let result = unsafe program_receive_descriptors(number, &numbers, 3)
        if result < 0 { throw Failure("attach to container \(name): \(Failure.text(of: -result))") }
        terminal = SharedDescriptor(OwnedFileDescriptor(takingOver: numbers[0]))
        log = SharedDescriptor(OwnedFileDescriptor(takingOver: numbers[1]))
        process = SharedDescriptor(OwnedFileDescriptor(takingOver: numbers[2]))
    }

    /// Stays until the process has ended or the user leaves.
    ///
    /// - Parameter starts: Whether the program waits for us.
    /// - Returns: The exit status; 0 for a user who has left.
    /// - Throws: ``Failure``, also for a program that could not be started; ``SystemCallError``.
    func run(starts: Bool) throws -> Int32 {
        let signals = try SignalQueue()
        var attendance = Attendance(
            signals: signals,
            terminal: terminal,
            readsInput: true,
            patience: Foreground.patience,
            keys: keys,
            copy: log
        )
        attendance.copySize()
        if starts {
            try Output.write(Array("start".utf8), to: connection.descriptor.rawValue)
            let (status, text) = try answer()
            if status != 0 { throw Failure(text, status: status) }
        }
        let watched = WatchedProcess(takingOver: try duplicate(process))
        try attendance.follow(watched)
        if attendance.hasDetached {
            try Output.line("\r\nread escape sequence\r")
            return 0
        }
        return try answer().0
    }

    private func duplicate(_ descriptor: SharedDescriptor) throws -> OwnedFileDescriptor {
        let number = fcntl(descriptor.descriptor.rawValue, F_DUPFD_CLOEXEC, 3)
        if number < 0 { throw Failure("attach: \(Failure.text(of: errno))") }
        return OwnedFileDescriptor(takingOver: number)
    }

    /// A number and a text of the supervisor's.
    private func answer() throws -> (Int32, String) {
        let message = TerminalKeeper.message(from: connection.descriptor.rawValue)
        let parts = message?.split(separator: " ", maxSplits: 1) ?? []
        guard parts.count == 2, let status = Int32(parts[0]) else {
            throw Failure("the container's supervisor is gone")
        }
        return (status, String(parts[1]))
    }
}
