// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import SystemPackage

/// One mounted hierarchy of control groups.
public struct CgroupHierarchy: Hashable, Sendable {
    /// Which interface its files have.
    public let version: CgroupVersion
    /// What it controls: for version 2 the root's `cgroup.controllers`, for version 1 its mount options.
    public let controllers: Set<CgroupController>
    /// The name of a version 1 hierarchy without controllers, for example `systemd`.
    public let name: String?
    /// Where it is mounted, with the root that the layout was detected below.
    public let mountPoint: FilePath
    /// The group that is mounted there, as `/proc/PID/cgroup` would name it; `/` outside of containers.
    public let mountedGroup: FilePath
    /// What `/proc/PID/cgroup` calls it; none for version 2.
    private let shownNames: [[UInt8]]

    init(
        version: CgroupVersion,
        controllers: Set<CgroupController>,
        name: String?,
        mountPoint: FilePath,
        mountedGroup: FilePath
    ) {
        self.version = version
        self.controllers = controllers
        self.name = name
        self.mountPoint = mountPoint
        self.mountedGroup = mountedGroup
        shownNames =
            switch version {
            case .v2: []
            case .v1: name.map { [Array("name=\($0)".utf8)] } ?? controllers.map { Array($0.legacyName.utf8) }
            }
    }

    /// Whether a line of `/proc/PID/cgroup` is about this hierarchy.
    func matches(_ membership: ProcessMembership) -> Bool {
        switch version {
        case .v2: membership.hierarchyID == 0
        case .v1: membership.hierarchyID != 0 && shownNames.contains(where: membership.has)
        }
    }

    /// The path that `/proc/PID/cgroup` shows for members of `path`.
    func shownPath(of path: CgroupPath) -> FilePath {
        mountedGroup.components.isEmpty ? path.filePath : mountedGroup.appending(path.filePath.components)
    }

    /// The group that `/proc/PID/cgroup` shows as `shown`; `nil` where it is outside of what is mounted.
    func path(shownAs shown: FilePath) -> CgroupPath? {
        var rest = shown
        if !mountedGroup.components.isEmpty, !rest.removePrefix(mountedGroup) { return nil }
        rest.root = "/"
        return try? CgroupPath(rest)  // not a group that we can name: the same as outside
    }
}
