// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec

extension ConfigurationMapper {
    /// Refuses the fields of the section for Linux that nothing here applies.
    static func refuseUnsupported(_ linux: LinuxConfiguration) throws(MappingError) {
        if linux.mountLabel.nonEmptyBytes != nil {
            throw .unsupported(
                .field("linux", "mountLabel"),
                "SELinux labels cannot be applied: SELinux is not in use here"
            )
        }
    }
}
