// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

extension Cgroup {
    /// Gives the group to a user, who may then make groups below it and move own processes between them.
    ///
    /// Changes the owner of the directory and of the files that `/sys/kernel/cgroup/delegate` names, as far as they
    /// exist; the files with the group's own limits stay the caller's. Safe only together with a new cgroup namespace.
    ///
    /// - Throws: ``CgroupError``: `unsupported` unless version 2 is the only hierarchy, as version 1 cannot delegate
    ///   safely. On failure some files may have the new owner.
    /// - Note: Needs `CAP_CHOWN`.
    /// - SeeAlso: OCI runtime-spec, config-linux.md, "Cgroup ownership"; cgroups(7), "Cgroups delegation".
    public func delegate(userID: UInt32, groupID: UInt32) throws(CgroupError) {
        guard layout.kind == .unified, let directory = unified else {
            throw CgroupError(.unsupported, "delegate cgroup", hint: "only version 2 can delegate safely")
        }
        for name in try delegatedFiles() {
            do throws(SystemCallError) {
                let file = try directory.root.open(name, CLINUX_O_PATH | CLINUX_O_NOFOLLOW, .noSymlinks)
                let number = file.rawValue
                try systemCall("fchownat") {
                    unsafe clinux_fchownat(number, "", userID, groupID, CLINUX_AT_EMPTY_PATH)
                }
            } catch {
                if error.errno == .noSuchFileOrDirectory { continue }
                throw CgroupError("delegate cgroup", path: directory.path.appending(name.components), cause: error)
            }
        }
    }

    private func delegatedFiles() throws(CgroupError) -> [FilePath] {
        let list = layout.root.appending("sys/kernel/cgroup/delegate")
        let names: [FilePath]
        do throws(SystemCallError) {
            let text = try OwnedFileDescriptor.open(list, CLINUX_O_RDONLY).readAll(limit: 65_536)
            names = KernelText.lines(text).map { FilePath(bytes: $0) }
        } catch {
            if error.errno != .noSuchFileOrDirectory { throw CgroupError("delegate cgroup", path: list, cause: error) }
            names = ["cgroup.procs", "cgroup.subtree_control", "cgroup.threads"]
        }
        return ["."] + names.filter { $0.components.count == 1 && !$0.isAbsolute }
    }
}
