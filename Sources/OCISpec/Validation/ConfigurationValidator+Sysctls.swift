// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension ConfigurationValidator {
    /// Checks kernel parameters: a name must belong to a namespace that the container does not share with the host.
    mutating func validateSysctls(_ sysctls: [String: String], at path: JSONPath) {
        for (key, value) in sysctls.sortedByKey {
            let place = path.appending(key)
            requireLine(value, place)
            guard let parts = SysctlName.components(of: key) else {
                add(.invalid, place, "is no name of a kernel parameter")
                continue
            }
            guard let kind = SysctlName.namespace(of: parts) else {
                add(.invalid, place, "belongs to no namespace, so it would change the host")
                continue
            }
            require(has(kind), .needs, place, "needs a namespace of type \(kind.rawValue) in linux.namespaces")
            if let field = SysctlName.field(of: parts), configuration.field(field) {
                add(.conflict, place, "is set by \(field), too")
            }
        }
    }
}

extension RuntimeConfiguration {
    /// Whether the field that a kernel parameter has is set.
    fileprivate func field(_ name: String) -> Bool {
        let value = name == "hostname" ? hostname : domainname
        return !(value?.utf8.isEmpty ?? true)
    }
}
