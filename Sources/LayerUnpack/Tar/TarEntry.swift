// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// What one entry of a tar stream says, every header that belongs to it taken together.
struct TarEntry: Sendable {
    /// What kind of file the entry makes.
    enum Kind: Hashable, Sendable {
        case regular, hardLink, symlink, character, block, directory, fifo
    }

    /// An extended attribute.
    struct Attribute: Hashable, Sendable {
        let name: [UInt8]
        let value: [UInt8]
    }

    var kind: Kind
    /// The name as it stands in the archive.
    var name: [UInt8]
    /// The target of a link.
    var linkTarget: [UInt8]
    /// Permission bits including setuid, setgid and sticky.
    var mode: UInt32
    var uid: Int64
    var gid: Int64
    /// Bytes of content in the stream.
    var storedSize: Int64
    /// Bytes of content of the file, which for a sparse file is more than is stored.
    var size: Int64
    var isSparse = false
    /// Whether a sparse file's map is part of what is stored (PAX 1.0).
    var hasMapInContent = false
    var modified: TarTime
    var deviceMajor: Int64
    var deviceMinor: Int64
    var attributes: [Attribute] = []
    /// Keys of extended attributes in encodings that are not applied.
    var unreadAttributes: [[UInt8]] = []
}
