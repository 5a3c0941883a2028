// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// How the owners of files are shown through a bind mount (mount_setattr(2), `MOUNT_ATTR_IDMAP`; Linux 5.12).
///
/// Files that are made through the mount get owners by the same mapping, the other way round. An identifier without a
/// counterpart is shown as the overflow identifier, and nothing can be made with it.
public struct MountIDMapping: Hashable, Sendable {
    /// Where the identifiers come from.
    public enum Source: Hashable, Sendable {
        /// These ranges: ``IDMapping/containerID`` is what the file system has, ``IDMapping/hostID`` what is seen.
        case ranges(uid: [IDMapping], gid: [IDMapping])
        /// The mapping of the container's user namespace, so that its users see the host's identifiers as their own.
        case container
    }

    /// Where the identifiers come from.
    public var source: Source
    /// Whether what is mounted below is mapped too.
    public var recursive: Bool

    /// Makes a mapping.
    public init(_ source: Source, recursive: Bool = false) {
        self.source = source
        self.recursive = recursive
    }
}
