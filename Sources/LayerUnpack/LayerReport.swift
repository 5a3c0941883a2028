// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// What came of applying one layer.
public struct LayerReport: Hashable, Sendable {
    /// Entries that were read, whiteouts included.
    public let entries: UInt64
    /// Bytes of the uncompressed tar stream.
    public let streamBytes: UInt64
    /// The digest of the uncompressed stream, in the algorithm of the expected diffID, else sha256.
    public let diffID: Digest
    /// Extended attributes that were left out because a layer may not set them or the file system has none, by name.
    public let droppedAttributes: [[UInt8]: UInt64]
    /// Device nodes that were left out, with ``UnpackOptions/DevicePolicy/skip``.
    public let skippedDevices: UInt64
}
