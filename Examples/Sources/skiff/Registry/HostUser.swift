// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Glibc

/// The user who runs this program.
enum HostUser {
    /// The user's number.
    static var number: UInt32 { getuid() }
}
