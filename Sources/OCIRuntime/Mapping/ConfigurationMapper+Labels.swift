// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import NamespaceKit
internal import OCISpec

extension ConfigurationMapper {
    /// The labels of security modules. An empty one asks for nothing; `unconfined` asks for what is the case where
    /// AppArmor is not in use.
    static func labels(
        of process: RuntimeConfiguration.Process,
        _ known: SecurityModules?,
        to result: inout ProcessConfiguration
    ) throws(MappingError) {
        let path = JSONPath.field("process")
        let profile = process.apparmorProfile.nonEmptyBytes
        let context = process.selinuxLabel.nonEmptyBytes
        guard profile != nil || context != nil else { return }
        let modules = known ?? .detect()
        if let profile, modules.appArmor == nil, profile != Array("unconfined".utf8) {
            throw .unsupported(
                path.appending("apparmorProfile"),
                "AppArmor profiles cannot be applied: AppArmor is not in use here"
            )
        }
        if context != nil, !modules.seLinux { throw withoutSELinux(path.appending("selinuxLabel")) }
        result.appArmorProfile = profile
        result.seLinuxContext = context
    }

    /// The context of the container's file systems; an empty one asks for nothing.
    static func mountContext(_ label: String?, _ known: SecurityModules?) throws(MappingError) -> [UInt8]? {
        guard let context = label.nonEmptyBytes else { return nil }
        guard (known ?? .detect()).seLinux else { throw withoutSELinux(.field("linux", "mountLabel")) }
        return context
    }

    private static func withoutSELinux(_ path: JSONPath) -> MappingError {
        .unsupported(path, "SELinux labels cannot be applied: SELinux is not in use here")
    }
}
