// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import SystemPackage

extension Sandbox {
    /// What a caller without `CAP_SYS_ADMIN` can have of the sandbox: a user namespace in which root is the caller.
    ///
    /// Left out is what such a caller cannot have, and what makes no difference to the program: terminals that belong to
    /// the group `tty`, which is not in the namespace; a sysfs of its own with the host's network, whose tree is shown
    /// as it is instead. A configuration that names a user namespace itself is left alone.
    ///
    /// - Parameters:
    ///   - uid: The caller's user.
    ///   - gid: The caller's group.
    /// - Returns: The configuration for it.
    /// - Throws: ``NamespaceError``: `invalidConfiguration` when the program is to be another user than root, for which
    ///   there is nobody on the host.
    /// - SeeAlso: user_namespaces(7), "Defining user and group ID mappings".
    func unprivilegedConfiguration(uid: UInt32, gid: UInt32) throws(NamespaceError) -> ContainerConfiguration {
        var result = configuration
        guard result.namespaces.user == .host else { return result }
        if result.process.uid != 0 || result.process.gid != 0 {
            throw NamespaceError(
                .invalidConfiguration,
                step: "run as user \(result.process.uid), group \(result.process.gid) of a user namespace",
                hint: "without CAP_SYS_ADMIN the caller is its root; other users need mappings in the configuration"
            )
        }
        result.namespaces.user = .new
        result.uidMappings = [IDMapping(containerID: 0, hostID: uid, count: 1)]
        result.gidMappings = [IDMapping(containerID: 0, hostID: gid, count: 1)]
        let sharesNetwork = result.namespaces.network == .host
        result.mounts = result.mounts.map { mount in
            guard case .fileSystem(let type, let options) = mount.source else { return mount }
            var mount = mount
            if type == "devpts" {
                let kept = options.filter { !$0.starts(with: "gid=".utf8) }
                mount.source = .fileSystem(type: type, options: kept)
            }
            return type == "sysfs" && sharesNetwork
                ? .bind("/sys", at: mount.destination, readOnly: true) : mount
        }
        return result
    }
}
