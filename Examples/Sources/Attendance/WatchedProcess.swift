// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CProgram
internal import Glibc
package import LinuxSystem

/// A process, held by its pidfd.
package struct WatchedProcess: ~Copyable {
    /// The pidfd.
    package let descriptor: OwnedFileDescriptor

    /// Opens the process; `nil` when there is none.
    package init?(_ processID: Int32) {
        let result = program_open_process(processID)
        if result < 0 { return nil }
        descriptor = OwnedFileDescriptor(takingOver: result)
    }

    /// Takes over a pidfd.
    package init(takingOver descriptor: consuming OwnedFileDescriptor) { self.descriptor = descriptor }

    /// What to wait for: readable when the process has ended.
    var watched: pollfd { pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0) }

    /// Sends a signal; a process that has ended needs none.
    package borrowing func send(signal: Int32) { _ = program_signal_process(descriptor.rawValue, signal) }

    /// Waits for the end, at most `milliseconds`; negative is as long as it takes.
    ///
    /// - Returns: Whether it has ended.
    package borrowing func waitForEnd(milliseconds: Int32 = -1) -> Bool {
        var watched = [self.watched]
        while true {
            let result = unsafe poll(&watched, 1, milliseconds)
            if result >= 0 { return result > 0 }
            if errno != EINTR { return false }
        }
    }
}
