// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// How a layer's tar stream is compressed.
public enum LayerCompression: Hashable, Sendable {
    /// Not at all.
    case none
    /// gzip, RFC 1952.
    case gzip
    /// Zstandard, RFC 8878.
    case zstd
}
