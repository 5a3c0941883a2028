// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// A lock of a snapshot store, held across processes as long as its value lives; see ``FileLock``.
struct StoreLock: ~Copyable {
    private let lock: FileLock

    /// Waits for the lock on the file `name`, which is made where it is missing.
    init(_ name: [UInt8], in directory: TreeDirectory, _ mode: FileLock.Mode) throws(LayerUnpackError) {
        let file = try directory.open(name, CLINUX_O_RDWR | CLINUX_O_CREAT, mode: 0o600)
        do throws(SystemCallError) { lock = try FileLock(on: file, mode) } catch {
            throw LayerUnpackError("lock snapshot store", error)
        }
    }

    /// Takes the lock if nobody else has it, else returns `nil`.
    init?(trying name: [UInt8], in directory: TreeDirectory, _ mode: FileLock.Mode) throws(LayerUnpackError) {
        let file = try directory.open(name, CLINUX_O_RDWR | CLINUX_O_CREAT, mode: 0o600)
        do throws(SystemCallError) {
            guard let lock = try FileLock(trying: file, mode) else { return nil }
            self.lock = lock
        } catch {
            throw LayerUnpackError("lock snapshot store", error)
        }
    }
}
