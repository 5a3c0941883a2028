// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CProgram
internal import LinuxSystem

/// A pidfd of a child that has not been waited for, so that its number cannot mean another process.
struct ProcessDescriptor: ~Copyable {
    let descriptor: OwnedFileDescriptor

    init(of processID: Int32) throws(ProgramError) {
        let result = program_open_process(processID)
        try ProgramError.check("open the process", "pidfd_open", nil, result)
        descriptor = OwnedFileDescriptor(takingOver: result)
    }

    /// Sends a signal; a process that has ended needs none.
    func send(signal: Int32) { _ = program_signal_process(descriptor.rawValue, signal) }

    /// Sends the pidfd to who listens at `socket`.
    func send(to socket: String) throws(ProgramError) {
        let result = unsafe program_send_descriptor(socket, "pidfd", descriptor.rawValue)
        try ProgramError.check("send the pidfd", "connect", socket, result)
    }
}
