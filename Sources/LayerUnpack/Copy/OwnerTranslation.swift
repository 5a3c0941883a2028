// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
package import OCISpec

/// Whom the users and groups of an archive are in a tree that a user namespace shows: what the host calls 100005 there may be
/// user 5 of the archive.
package struct OwnerTranslation: Hashable, Sendable {
    /// Who cannot be told in the other tongue, as the kernel has it.
    static let nobody: UInt32 = 65_534

    let users: [LinuxIDMapping]
    let groups: [LinuxIDMapping]
    /// Whom in the tree what is root's in an archive belongs to.
    let root: Owner

    /// A translation; what is in no range has no counterpart.
    ///
    /// - Parameters:
    ///   - users: Of user ids: the container's are those of archives, the host's those of the tree.
    ///   - groups: Of group ids.
    package init(users: [LinuxIDMapping], groups: [LinuxIDMapping]) {
        self.users = users
        self.groups = groups
        root = Owner(uid: Self.stored(0, users) ?? Self.nobody, gid: Self.stored(0, groups) ?? Self.nobody)
    }

    /// The owner in the tree of what belongs to `owner` in an archive.
    ///
    /// - Throws: ``LayerUnpackError``: `badOwner` for one that is nobody there.
    func stored(_ owner: Owner) throws(LayerUnpackError) -> Owner {
        guard let uid = Self.stored(owner.uid, users), let gid = Self.stored(owner.gid, groups) else {
            throw LayerUnpackError(
                .badOwner,
                "set owner",
                detail: "\(owner.uid):\(owner.gid) is nobody in the user namespace"
            )
        }
        return Owner(uid: uid, gid: gid)
    }

    /// The user and group of an archive that the owner of a file in the tree is; nobody for one who is none.
    func archived(_ status: FileStatus) -> (uid: UInt32, gid: UInt32) {
        (Self.archived(status.uid, users) ?? Self.nobody, Self.archived(status.gid, groups) ?? Self.nobody)
    }

    private static func stored(_ id: UInt32, _ mappings: [LinuxIDMapping]) -> UInt32? {
        mappings.lazy.filter { id >= $0.containerID && id - $0.containerID < $0.size }.first.map {
            $0.hostID + (id - $0.containerID)
        }
    }

    private static func archived(_ id: UInt32, _ mappings: [LinuxIDMapping]) -> UInt32? {
        mappings.lazy.filter { id >= $0.hostID && id - $0.hostID < $0.size }.first.map {
            $0.containerID + (id - $0.hostID)
        }
    }
}
