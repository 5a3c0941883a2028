// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CProgram
internal import Glibc
package import LinuxSystem
internal import SystemPackage

/// Signals that were sent to this program, held back to be handed on.
package struct SignalQueue: Sendable {
    private let descriptor: SharedDescriptor

    /// Holds signals back from now on.
    ///
    /// - Throws: ``SystemCallError`` (`signalfd`).
    package init() throws(SystemCallError) {
        let result = program_signal_queue()
        if result < 0 { throw SystemCallError(call: "signalfd", errno: Errno(rawValue: -result)) }
        descriptor = SharedDescriptor(OwnedFileDescriptor(takingOver: result))
    }

    /// What to wait for.
    var watched: pollfd { pollfd(fd: descriptor.descriptor.rawValue, events: Int16(POLLIN), revents: 0) }

    /// The signals that have arrived and that mean something to another process.
    package func takeAll() -> [Int32] {
        take().filter { ![SIGCHLD, SIGPIPE, SIGURG, SIGWINCH].contains($0) }
    }

    /// The signals that have arrived.
    func take() -> [Int32] {
        var arrived: [Int32] = []
        while true {
            let signal = program_next_signal(descriptor.descriptor.rawValue)
            if signal == 0 { return arrived }
            arrived.append(signal)
        }
    }
}
