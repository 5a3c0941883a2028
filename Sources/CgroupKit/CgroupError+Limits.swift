// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension CgroupError {
    /// A value, or a combination, that no kernel accepts.
    static func invalid(_ field: String, _ hint: String) -> CgroupError {
        CgroupError(.invalidLimit, "set cgroup limit", field: field, hint: hint)
    }

    /// A setting that the version in use does not have.
    static func unsupported(_ field: String, by version: CgroupVersion, _ controller: CgroupController) -> CgroupError {
        let name = version == .v1 ? "1" : "2"
        return CgroupError(
            .unsupported,
            "set cgroup limit",
            field: field,
            hint: "the \(controller) controller of cgroup version \(name) has no such setting"
        )
    }
}
