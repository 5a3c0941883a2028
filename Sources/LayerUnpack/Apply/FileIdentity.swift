// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// What tells a file from every other one of the machine, whatever its names.
struct FileIdentity: Hashable, Sendable {
    let deviceMajor: UInt32
    let deviceMinor: UInt32
    let inode: UInt64
}
