// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// A lock on part of an image layout, held across processes until the value goes away.
///
/// It is an open-file-description lock (`fcntl(2)`, `F_OFD_SETLK`) on one byte of `ingest/lock`: a killed process lets
/// go of it, and two tasks of one process exclude each other like two processes.
struct LayoutLock: ~Copyable, Sendable {
    /// What is locked. Who needs both takes `content` first.
    enum Region: Int64, Sendable {
        /// The blobs. Shared by everyone who adds blobs or references, exclusive for who removes blobs.
        case content = 0
        /// `index.json`. Exclusive for who replaces it.
        case index = 1
    }

    /// How a lock is taken.
    enum Mode: Sendable {
        /// Beside other shared locks; waits for an exclusive one.
        case shared
        /// Alone; waits for every other one.
        case exclusive
        /// Alone, or not at all: `EAGAIN`.
        case exclusiveNow
    }

    private let file: OwnedFileDescriptor
    private let region: Region

    private init(_ file: consuming OwnedFileDescriptor, _ region: Region) {
        self.file = file
        self.region = region
    }

    /// Takes a lock in `directory`, which is the directory `ingest` of the layout.
    static func take(
        _ region: Region,
        _ mode: Mode,
        in directory: borrowing RootDirectory
    ) throws(SystemCallError) -> LayoutLock {
        let file = try directory.open(
            "lock",
            CLINUX_O_RDWR | CLINUX_O_CREAT | CLINUX_O_NOFOLLOW,
            mode: 0o600,
            .noSymlinks
        )
        var request = Self.request(region, mode == .shared ? CLINUX_F_RDLCK : CLINUX_F_WRLCK)
        let number = file.rawValue
        let command = mode == .exclusiveNow ? CLINUX_F_OFD_SETLK : CLINUX_F_OFD_SETLKW
        try systemCall("fcntl", path: "ingest/lock") { unsafe clinux_fcntl_lock(number, command, &request) }
        return LayoutLock(file, region)
    }

    private static func request(_ region: Region, _ type: CInt) -> clinux_flock {
        var request = clinux_flock()
        request.type = Int16(type)
        request.whence = Int16(CLINUX_SEEK_SET)
        request.start = region.rawValue
        request.length = 1
        return request
    }

    deinit {
        // Closing is not enough: a child that another thread is just starting has a copy of the descriptor until it
        // executes its program, and would keep the lock that long.
        var request = Self.request(region, CLINUX_F_UNLCK)
        _ = unsafe clinux_fcntl_lock(file.rawValue, CLINUX_F_OFD_SETLK, &request)
    }
}
