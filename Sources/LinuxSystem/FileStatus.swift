// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux

/// What `statx(2)` says of a file.
package struct FileStatus: Hashable, Sendable {
    /// The kind of a file, from the type bits of its mode.
    package enum Kind: Hashable, Sendable { case regular, directory, symlink, character, block, fifo, socket, unknown }

    package let kind: Kind
    /// Permission bits including setuid, setgid and sticky (07777).
    package let permissions: UInt32
    package let uid: UInt32
    package let gid: UInt32
    package let size: UInt64
    /// Allocated blocks of 512 bytes.
    package let blocks: UInt64
    package let linkCount: UInt32
    package let inode: UInt64
    /// Major and minor number of the device that holds the file.
    package let device: Device
    /// Major and minor number that a device node stands for.
    package let represents: Device
    package let modified: Time
    package let mountID: UInt64

    /// A device number in its two parts.
    package struct Device: Hashable, Sendable {
        package let major: UInt32
        package let minor: UInt32
        package init(major: UInt32, minor: UInt32) {
            self.major = major
            self.minor = minor
        }
    }

    /// A time stamp since 1970.
    package struct Time: Hashable, Sendable {
        package let seconds: Int64
        package let nanoseconds: UInt32
        package init(seconds: Int64, nanoseconds: UInt32) {
            self.seconds = seconds
            self.nanoseconds = nanoseconds
        }
    }

    init(_ raw: clinux_statx) {
        kind = Kind(mode: UInt32(raw.mode))
        permissions = UInt32(raw.mode) & 0o7777
        uid = raw.uid
        gid = raw.gid
        size = raw.size
        blocks = raw.blocks
        linkCount = raw.link_count
        inode = raw.inode
        device = Device(major: raw.dev_major, minor: raw.dev_minor)
        represents = Device(major: raw.rdev_major, minor: raw.rdev_minor)
        modified = Time(seconds: raw.modification_time.seconds, nanoseconds: raw.modification_time.nanoseconds)
        mountID = raw.mount_id
    }
}

extension FileStatus.Kind {
    init(mode: UInt32) {
        switch CInt(mode) & CLINUX_S_IFMT {
        case CLINUX_S_IFREG: self = .regular
        case CLINUX_S_IFDIR: self = .directory
        case CLINUX_S_IFLNK: self = .symlink
        case CLINUX_S_IFCHR: self = .character
        case CLINUX_S_IFBLK: self = .block
        case CLINUX_S_IFIFO: self = .fifo
        case CLINUX_S_IFSOCK: self = .socket
        default: self = .unknown
        }
    }
}
