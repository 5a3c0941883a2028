// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Attendance
internal import CProgram
internal import Glibc
internal import RuntimeCore

/// Keeps the standard input of a container without a terminal for its supervisor, and hands it to whoever attaches.
///
/// Who attaches connects to a socket in the container's directory and gets the pipe. It may be several at once, and none of
/// them ends the input by leaving: that is what docker has for a container that was started detached.
final class InputKeeper {
    private let input: SharedDescriptor
    private let listener: SharedDescriptor

    /// - Parameters:
    ///   - container: The container.
    ///   - input: The pipe's end to write to.
    /// - Throws: ``Failure`` when the socket cannot be made.
    init(_ container: StoredContainer, _ input: SharedDescriptor) throws {
        self.input = input
        let result = try TerminalKeeper.withSocketPath(of: container) { unsafe program_listen($0) }
        if result < 0 { throw Failure("make the input's socket: \(Failure.text(of: -result))") }
        listener = SharedDescriptor(OwnedFileDescriptor(takingOver: result))
        // Whoever attaches also hands on signals, and must not wait for a program that does not read.
        _ = program_make_nonblocking(input.descriptor.rawValue)
    }

    /// Follows the process to its end.
    func follow(_ process: borrowing WatchedProcess) {
        while true {
            var watched = [process.descriptor.rawValue, listener.descriptor.rawValue].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            if unsafe poll(&watched, nfds_t(watched.count), -1) < 0 && errno != EINTR { return }
            if watched[1].revents != 0 { give() }
            if watched[0].revents != 0 { return }
        }
    }

    private func give() {
        let number = program_accept(listener.descriptor.rawValue)
        if number < 0 { return }
        // One that is gone again needs nothing.
        _ = unsafe program_send_descriptors(number, [input.descriptor.rawValue], 1)
        close(number)
    }

    /// Asks the supervisor of a container without a terminal for its input.
    ///
    /// - Returns: The pipe's end to write to; `nil` for a container that was made without an input.
    static func connect(to container: StoredContainer) throws -> SharedDescriptor? {
        let number = try TerminalKeeper.withSocketPath(of: container) { unsafe program_connect($0) }
        if number < 0 { return nil }
        defer { close(number) }
        var wait = [pollfd(fd: number, events: Int16(POLLIN), revents: 0)]
        guard unsafe poll(&wait, 1, 2000) == 1 else { throw Failure("the container's supervisor does not answer") }
        var input: CInt = -1
        let result = unsafe program_receive_descriptors(number, &input, 1)
        if result < 0 { throw Failure("take the container's input: \(Failure.text(of: -result))") }
        return SharedDescriptor(OwnedFileDescriptor(takingOver: input))
    }
}
