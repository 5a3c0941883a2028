// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec

extension ConfigurationMapper {
    /// Refuses the fields of the section for Linux that nothing here applies.
    static func refuseUnsupported(_ linux: LinuxConfiguration) throws(MappingError) {
        if let name = linux.netDevices?.keys.sorted().first {
            throw .unsupported(.field("linux", "netDevices", name), "moving network devices is not supported")
        }
        if let rdt = linux.intelRdt, rdt != LinuxIntelRDT() {
            throw .unsupported(.field("linux", "intelRdt"), "Intel RDT is not supported")
        }
        if linux.memoryPolicy != nil {
            throw .unsupported(.field("linux", "memoryPolicy"), "NUMA memory policies are not supported")
        }
        if linux.mountLabel.nonEmptyBytes != nil {
            throw .unsupported(
                .field("linux", "mountLabel"),
                "SELinux labels cannot be applied: SELinux is not in use here"
            )
        }
    }

    /// Refuses the fields of a process that nothing here applies.
    static func refuseUnsupported(_ process: RuntimeConfiguration.Process) throws(MappingError) {
        let path = JSONPath.field("process")
        if process.apparmorProfile.nonEmptyBytes != nil {
            throw .unsupported(
                path.appending("apparmorProfile"),
                "AppArmor profiles cannot be applied: AppArmor is not in use here"
            )
        }
        if process.selinuxLabel.nonEmptyBytes != nil {
            throw .unsupported(
                path.appending("selinuxLabel"),
                "SELinux labels cannot be applied: SELinux is not in use here"
            )
        }
        if process.scheduler != nil {
            throw .unsupported(path.appending("scheduler"), "scheduling policies are not supported")
        }
        if process.ioPriority != nil {
            throw .unsupported(path.appending("ioPriority"), "I/O priorities are not supported")
        }
        let affinity = process.execCPUAffinity
        if affinity?.initial.nonEmptyBytes != nil || affinity?.final.nonEmptyBytes != nil {
            throw .unsupported(
                path.appending("execCPUAffinity"),
                "CPU affinity is not supported; use linux.resources.cpu.cpus"
            )
        }
    }
}
