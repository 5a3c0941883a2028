// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// A lock on part of an image layout, held across processes until the value goes away.
///
/// It is a lock on one byte of `ingest/lock`; see ``FileLock``.
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

    private let lock: FileLock

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
        switch mode {
        case .shared: return LayoutLock(lock: try FileLock(on: file, .shared, start: region.rawValue, length: 1))
        case .exclusive: return LayoutLock(lock: try FileLock(on: file, .exclusive, start: region.rawValue, length: 1))
        case .exclusiveNow:
            guard let lock = try FileLock(trying: file, .exclusive, start: region.rawValue, length: 1) else {
                throw SystemCallError(call: "fcntl", path: "ingest/lock", errno: .resourceTemporarilyUnavailable)
            }
            return LayoutLock(lock: lock)
        }
    }
}
