// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// Writes the maps of a new user namespace (user_namespaces(7)).
enum UserMapper {
    /// Writes `setgroups` where it must be denied, then `gid_map` and `uid_map`.
    ///
    /// - Note: Without `CAP_SETUID` and `CAP_SETGID` the kernel takes one identifier only, the caller's own.
    static func write(_ mappings: PreparedLaunch.Mappings, for processID: Int32) throws(NamespaceError) {
        do throws(SystemCallError) {
            let directory = try RootDirectory(at: FilePath("/proc/\(processID)"))
            if clinux_geteuid() != 0 { try directory.writeFile("setgroups", Array("deny".utf8)) }
            try directory.writeFile("gid_map", IDMapping.fileContent(mappings.gid))
            try directory.writeFile("uid_map", IDMapping.fileContent(mappings.uid))
        } catch {
            let hint =
                error.errno == .notPermitted
                ? "without privilege only the caller's own uid and gid can be mapped, one each" : nil
            throw NamespaceError(.systemCall, step: "map the container's users", cause: error, hint: hint)
        }
    }
}
