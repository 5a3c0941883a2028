// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import SystemPackage

/// A lock on a file, or on a range of its bytes, held across processes until the value goes away.
///
/// It is an open-file-description lock (`fcntl(2)`, `F_OFD_SETLK`): a killed process lets go of it, and two tasks of one
/// process exclude each other like two processes.
package struct FileLock: ~Copyable, Sendable {
    /// Who may hold the lock at the same time.
    package enum Mode: Sendable { case shared, exclusive }

    private let file: OwnedFileDescriptor
    private let start: Int64
    private let length: Int64

    /// Waits for the lock.
    ///
    /// - Parameters:
    ///   - file: The file, open for reading and writing, with an open file description of its own.
    ///   - mode: Who may hold the lock at the same time.
    ///   - start: The first byte of the range.
    ///   - length: The range's length; 0 is all of the file.
    /// - Throws: ``SystemCallError`` (`fcntl`), for example `ENOLCK`.
    package init(
        on file: consuming OwnedFileDescriptor,
        _ mode: Mode,
        start: Int64 = 0,
        length: Int64 = 0
    ) throws(SystemCallError) {
        try Self.request(file, Self.type(mode), start, length, CLINUX_F_OFD_SETLKW)
        self.file = file
        self.start = start
        self.length = length
    }

    /// Takes the lock if nobody else has it, else returns `nil`.
    package init?(
        trying file: consuming OwnedFileDescriptor,
        _ mode: Mode,
        start: Int64 = 0,
        length: Int64 = 0
    ) throws(SystemCallError) {
        do throws(SystemCallError) {
            try Self.request(file, Self.type(mode), start, length, CLINUX_F_OFD_SETLK)
        } catch {
            if error.errno == .resourceTemporarilyUnavailable || error.errno == .permissionDenied { return nil }
            throw error
        }
        self.file = file
        self.start = start
        self.length = length
    }

    private static func type(_ mode: Mode) -> CInt { mode == .shared ? CLINUX_F_RDLCK : CLINUX_F_WRLCK }

    private static func request(
        _ file: borrowing OwnedFileDescriptor,
        _ type: CInt,
        _ start: Int64,
        _ length: Int64,
        _ command: CInt
    ) throws(SystemCallError) {
        var request = clinux_flock()
        request.type = Int16(type)
        request.whence = Int16(CLINUX_SEEK_SET)
        request.start = start
        request.length = length
        let number = file.rawValue
        try systemCall("fcntl") { unsafe clinux_fcntl_lock(number, command, &request) }
    }

    deinit {
        // Closing is not enough: a child that another thread is just starting has a copy of the descriptor until it
        // executes its program, and would keep the lock that long. Unlocking what is locked cannot fail.
        try? Self.request(file, CLINUX_F_UNLCK, start, length, CLINUX_F_OFD_SETLK)
    }
}
