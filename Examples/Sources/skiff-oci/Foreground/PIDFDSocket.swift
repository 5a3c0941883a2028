// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Attendance
internal import CProgram
internal import LinuxSystem

/// Hands a process's pidfd to who listens on a socket, as with runc's `--pidfd-socket`.
enum PIDFDSocket {
    /// - Parameters:
    ///   - processID: A child that has not been waited for, so that its number cannot mean another process.
    ///   - socket: A listening unix socket.
    /// - Throws: ``ProgramError``.
    static func send(_ processID: Int32, to socket: String) throws(ProgramError) {
        guard let process = WatchedProcess(processID) else {
            throw ProgramError("process \(processID) is gone before its pidfd was sent")
        }
        let result = unsafe program_send_descriptor(socket, "pidfd", process.descriptor.rawValue)
        try ProgramError.check("send the pidfd", "connect", socket, result)
    }
}
