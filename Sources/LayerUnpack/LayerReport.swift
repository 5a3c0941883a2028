// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// What came of applying one layer.
public struct LayerReport: Hashable, Sendable {
    /// Entries that were read, whiteouts included.
    public internal(set) var entries: UInt64 = 0
    /// Bytes of the uncompressed tar stream.
    public internal(set) var streamBytes: UInt64 = 0
    /// The digest of the uncompressed stream, in the algorithm of the expected diffID, else sha256.
    public internal(set) var diffID: [UInt8] = []
    /// Extended attributes that were left out because a layer may not set them or the file system has none, by name.
    public internal(set) var droppedAttributes: [[UInt8]: UInt64] = [:]
    /// Device nodes that were left out, with ``UnpackOptions/DevicePolicy/skip``.
    public internal(set) var skippedDevices: UInt64 = 0
}
