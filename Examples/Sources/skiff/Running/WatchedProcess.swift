// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CProgram
internal import Glibc
internal import RuntimeCore

/// A process, held by its pidfd.
struct WatchedProcess: ~Copyable {
    private let descriptor: OwnedFileDescriptor

    /// Opens the process; `nil` when there is none.
    init?(_ processID: Int32) {
        let result = program_open_process(processID)
        if result < 0 { return nil }
        descriptor = OwnedFileDescriptor(takingOver: result)
    }

    /// What to wait for: readable when the process has ended.
    var watched: pollfd { pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0) }

    /// Sends a signal; a process that has ended needs none.
    borrowing func send(signal: Int32) { _ = program_signal_process(descriptor.rawValue, signal) }

    /// Waits for the end, at most `milliseconds`; negative is as long as it takes.
    ///
    /// - Returns: Whether it has ended.
    borrowing func waitForEnd(milliseconds: Int32 = -1) -> Bool {
        var watched = [self.watched]
        while true {
            let result = unsafe poll(&watched, 1, milliseconds)
            if result >= 0 { return result > 0 }
            if errno != EINTR { return false }
        }
    }
}
