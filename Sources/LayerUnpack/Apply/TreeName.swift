// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// One name in one directory, whatever path led there.
struct TreeName: Hashable, Sendable {
    let directory: FileIdentity
    let name: [UInt8]
}
