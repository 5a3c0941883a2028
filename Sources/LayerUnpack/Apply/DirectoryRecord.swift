// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// What a directory gets when its layer is complete.
struct DirectoryRecord: Sendable {
    /// A path by which the directory was found.
    let path: [UInt8]
    /// The final mode; `nil` for a directory that the layer has no entry for.
    let mode: UInt32?
    let modified: TarTime
}
