// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// A lock between processes, and between users of one process, held as long as its value lives.
///
/// It is an open-file-description lock, so the kernel drops it when its holder dies.
struct StoreLock: ~Copyable {
    /// Who may hold the lock at the same time.
    enum Mode { case shared, exclusive }

    private let file: OwnedFileDescriptor

    /// Waits for the lock on the file `name`, which is made where it is missing.
    init(_ name: [UInt8], in directory: TreeDirectory, _ mode: Mode) throws(LayerUnpackError) {
        let file = try directory.open(name, CLINUX_O_RDWR | CLINUX_O_CREAT, mode: 0o600)
        try Self.lock(file, mode, CLINUX_F_OFD_SETLKW)
        self.file = file
    }

    /// Takes the lock if nobody else has it, else returns `nil`.
    init?(trying name: [UInt8], in directory: TreeDirectory, _ mode: Mode) throws(LayerUnpackError) {
        let file = try directory.open(name, CLINUX_O_RDWR | CLINUX_O_CREAT, mode: 0o600)
        do throws(LayerUnpackError) { try Self.lock(file, mode, CLINUX_F_OFD_SETLK) } catch {
            if error.errno == .resourceTemporarilyUnavailable || error.errno == .permissionDenied { return nil }
            throw error
        }
        self.file = file
    }

    private static func lock(
        _ file: borrowing OwnedFileDescriptor,
        _ mode: Mode,
        _ command: CInt
    ) throws(LayerUnpackError) {
        let number = file.rawValue
        let type = mode == .shared ? CLINUX_F_RDLCK : CLINUX_F_WRLCK
        var lock = clinux_flock(type: Int16(type), whence: 0, start: 0, length: 0, pid: 0)
        do throws(SystemCallError) {
            try systemCall("fcntl") { unsafe clinux_fcntl_lock(number, command, &lock) }
        } catch {
            throw LayerUnpackError("lock snapshot store", error)
        }
    }
}
