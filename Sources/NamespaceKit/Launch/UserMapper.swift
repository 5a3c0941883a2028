// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// Writes the maps of a new user namespace (user_namespaces(7)).
enum UserMapper {
    /// Who writes the maps.
    enum Writer: Hashable, Sendable {
        /// This process, which may map anything.
        case privileged
        /// This process, which may map itself if it gives up setgroups(2).
        case itself
        /// `newuidmap` and `newgidmap`, which map what `/etc/subuid` and `/etc/subgid` give to the caller.
        case programs
    }

    /// Who can write these maps for a caller with these identifiers.
    static func writer(
        of mappings: PreparedLaunch.Mappings,
        uid: UInt32,
        gid: UInt32,
        isPrivileged: Bool
    ) -> Writer {
        if isPrivileged { return .privileged }
        func isOwn(_ mappings: [IDMapping], _ id: UInt32) -> Bool {
            mappings.count == 1 && mappings[0].count == 1 && mappings[0].hostID == id
        }
        return isOwn(mappings.uid, uid) && isOwn(mappings.gid, gid) ? .itself : .programs
    }

    /// Who can write these maps for this process.
    static func writer(of mappings: PreparedLaunch.Mappings) -> Writer {
        writer(
            of: mappings,
            uid: clinux_geteuid(),
            gid: clinux_getegid(),
            isPrivileged: CapabilitySet.effective.isSuperset(of: CapabilitySet([.setuid, .setgid]))
        )
    }

    /// Writes the maps of the namespace that the process is in.
    static func write(_ mappings: PreparedLaunch.Mappings, for processID: Int32) throws(NamespaceError) {
        let writer = writer(of: mappings)
        if writer == .programs {
            try MappingProgram.run("newuidmap", mappings.uid, for: processID)
            try MappingProgram.run("newgidmap", mappings.gid, for: processID)
            return
        }
        do throws(SystemCallError) {
            let directory = try RootDirectory(at: FilePath("/proc/\(processID)"))
            if writer == .itself { try directory.writeFile("setgroups", Array("deny".utf8)) }
            try directory.writeFile("gid_map", IDMapping.fileContent(mappings.gid))
            try directory.writeFile("uid_map", IDMapping.fileContent(mappings.uid))
        } catch {
            let hint = error.errno == .notPermitted ? UserNamespaceRules.current.obstacle : nil
            throw NamespaceError(.systemCall, step: "map the container's users", cause: error, hint: hint)
        }
    }
}
