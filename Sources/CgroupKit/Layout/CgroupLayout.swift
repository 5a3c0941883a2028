// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
package import LinuxSystem
public import SystemPackage

/// The control group hierarchies of this machine, as far as they are mounted for this process.
public struct CgroupLayout: Hashable, Sendable {
    /// The three ways a machine is set up.
    public enum Kind: Hashable, Sendable {
        /// Version 2 alone.
        case unified
        /// Version 1 alone.
        case legacy
        /// Controllers on version 1, and a version 2 hierarchy that has none or a few.
        case hybrid
    }

    /// How the machine is set up.
    public let kind: Kind
    /// The mounted hierarchies: version 1 in the order of their mounts, then version 2.
    public let hierarchies: [CgroupHierarchy]
    /// The directory that stands for `/`; other than `/` in tests on a fake tree.
    let root: FilePath

    /// Reads `/proc/self/mountinfo` and the root group's `cgroup.controllers`.
    ///
    /// Needs no privilege.
    ///
    /// - Parameter root: A directory that stands for `/`, for trees that are not the machine's.
    /// - Returns: The layout.
    /// - Throws: ``CgroupError``: `unsupported` when no hierarchy is mounted, else `systemCall`.
    public static func detect(root: FilePath = "/") throws(CgroupError) -> CgroupLayout {
        let file = root.appending("proc/self/mountinfo")
        let text: [UInt8]
        do throws(SystemCallError) {
            text = try OwnedFileDescriptor.open(file, CLINUX_O_RDONLY).readAll(limit: 16 << 20)
        } catch {
            let hint = error.errno == .noSuchFileOrDirectory ? "mount procfs at /proc" : nil
            throw CgroupError("detect cgroup layout", path: file, cause: error, hint: hint)
        }
        return try CgroupLayout(mounts: MountInfoEntry.parse(text, type: "cgroup"), root: root) { mountPoint in
            let file = mountPoint.appending("cgroup.controllers")
            // A hierarchy whose controllers cannot be read offers none to us.
            let names = try? OwnedFileDescriptor.open(file, CLINUX_O_RDONLY).readAll(limit: 4096)
            return KernelText.words(names ?? []).map(CgroupController.init(rawValue:))
        }
    }

    /// Chooses the hierarchies among all mounts; `unifiedControllers` tells what a version 2 mount offers.
    package init(
        mounts: [MountInfoEntry],
        root: FilePath = "/",
        unifiedControllers: (FilePath) -> [CgroupController]
    ) throws(CgroupError) {
        var hierarchies: [CgroupHierarchy] = []
        for mount in Self.preferred(mounts.filter { $0.fileSystem == "cgroup" }) {
            let names = mount.superOptions.filter { !Self.flags.contains($0) && !$0.hasPrefix("release_agent=") }
            let named = names.first { $0.hasPrefix("name=") }.map { String($0.dropFirst(5)) }
            let controllers = Set(names.filter { !$0.contains("=") }.map(CgroupController.init(legacyName:)))
            if named == nil && controllers.isEmpty || named != nil && named != "systemd" && controllers.isEmpty {
                continue
            }
            if hierarchies.contains(where: { $0.name == named && $0.controllers == controllers }) { continue }
            hierarchies.append(
                CgroupHierarchy(
                    version: .v1,
                    controllers: controllers,
                    name: controllers.isEmpty ? named : nil,
                    mountPoint: root.appending(mount.mountPoint.components),
                    mountedGroup: mount.root
                )
            )
        }
        let hasLegacyControllers = hierarchies.contains { !$0.controllers.isEmpty }
        if let mount = Self.preferred(mounts.filter { $0.fileSystem == "cgroup2" }).first {
            let mountPoint = root.appending(mount.mountPoint.components)
            if !hasLegacyControllers { hierarchies = [] }
            hierarchies.append(
                CgroupHierarchy(
                    version: .v2,
                    controllers: Set(unifiedControllers(mountPoint)),
                    name: nil,
                    mountPoint: mountPoint,
                    mountedGroup: mount.root
                )
            )
            kind = hasLegacyControllers ? .hybrid : .unified
        } else {
            kind = .legacy
        }
        if hierarchies.isEmpty {
            throw CgroupError(
                .unsupported,
                "detect cgroup layout",
                hint: "no cgroup hierarchy is mounted; mount -t cgroup2 none /sys/fs/cgroup"
            )
        }
        self.hierarchies = hierarchies
        self.root = root
    }

    /// The version 2 hierarchy, if one is mounted.
    public var unified: CgroupHierarchy? { hierarchies.first { $0.version == .v2 } }

    /// The hierarchy that has `controller`, version 1 before version 2 as the kernel attaches it to one only.
    public func hierarchy(for controller: CgroupController) -> CgroupHierarchy? {
        hierarchies.first { $0.controllers.contains(controller) }
    }

    /// Mounts below `/sys/fs/cgroup` first; of several mounts at one point only the last, which hides the others.
    private static func preferred(_ mounts: [MountInfoEntry]) -> [MountInfoEntry] {
        let visible = mounts.enumerated().filter { index, mount in
            !mounts[(index + 1)...].contains { $0.mountPoint == mount.mountPoint }
        }.map(\.element)
        let usual = visible.filter { $0.mountPoint.starts(with: "/sys/fs/cgroup") }
        return usual + visible.filter { !$0.mountPoint.starts(with: "/sys/fs/cgroup") }
    }

    /// Mount options of version 1 that are no controllers.
    private static let flags: Set = [
        "rw", "ro", "noprefix", "clone_children", "xattr", "cpuset_v2_mode", "favordynmods", "none",
    ]
}
