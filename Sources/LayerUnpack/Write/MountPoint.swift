// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem

// Runtimes make what is mounted on where an image has nothing: what is empty there says nothing about the container.

extension UpperDirectory {
    /// Whether this directory, at `path`, is one that was made to be mounted on.
    func isMountPoint(at path: [UInt8], among mountPoints: Set<[UInt8]>) -> Bool {
        mountPoints.contains(path) && files.isEmpty && whiteouts.isEmpty
    }
}

extension FileStatus {
    /// Whether this file, at `path`, is one that was made to be mounted on.
    func isMountPoint(at path: [UInt8], among mountPoints: Set<[UInt8]>) -> Bool {
        mountPoints.contains(path) && kind == .regular && size == 0
    }
}
