// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// How much a layer may ask for. A layer that passes one of them is refused with ``LayerUnpackError/Code/limit``.
///
/// The defaults let through every image known to us; lower them for images of strangers.
public struct LayerLimits: Hashable, Sendable {
    /// Entries in one layer; default 2,000,000.
    public var entries: UInt64 = 2_000_000
    /// Bytes of one layer's uncompressed tar stream, padding included; default 64 GiB.
    public var streamBytes: UInt64 = 64 << 30
    /// Sum of the sizes of one layer's files, the holes of sparse ones included; default 64 GiB.
    public var contentBytes: UInt64 = 64 << 30
    /// Components of a name; default 256.
    public var depth: Int = 256
    /// Bytes of a name; default 4095, which is also the most that Linux takes.
    public var nameBytes: Int = 4095
    /// Bytes of one component of a name; default 255, which is also the most that Linux file systems take.
    public var componentBytes: Int = 255
    /// Bytes of names and values of one entry's extended attributes; default 64 KiB.
    public var attributeBytes: Int = 64 << 10
    /// Extended attributes of one entry; default 256.
    public var attributes: Int = 256
    /// Bytes of one extended (PAX) or long name (GNU) header; default 1 MiB, which is also the most that is read.
    public var extendedHeaderBytes: Int = 1 << 20

    /// The default limits.
    public init() {}
}
