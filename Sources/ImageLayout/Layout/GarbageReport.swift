// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// What garbage collection removed.
public struct GarbageReport: Hashable, Sendable {
    /// How many blobs were removed.
    public internal(set) var blobs = 0
    /// How many bytes they had.
    public internal(set) var bytes: Int64 = 0
}
