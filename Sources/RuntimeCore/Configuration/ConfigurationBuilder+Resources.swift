// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import OCISpec
internal import SystemPackage

extension ConfigurationBuilder {
    /// A device node to make, and the rule that lets the container use it.
    struct Device: Hashable, Sendable {
        var node: LinuxDevice
        var rule: LinuxDeviceRule
    }

    /// The device nodes that the caller asked for, as they are on the host.
    func devices() throws(ContainerStoreError) -> [Device] {
        var devices: [Device] = []
        for request in options.devices { devices.append(try device(request)) }
        return devices
    }

    private func device(_ request: DeviceRequest) throws(ContainerStoreError) -> Device {
        let status = try about("look at the device \(request.source)") { () throws(SystemCallError) in
            try OwnedFileDescriptor.open(FilePath(request.source), CLINUX_O_PATH).status()
        }
        guard status.kind == .character || status.kind == .block else {
            throw ContainerStoreError(.invalidOptions, "\(request.source) is not a device node")
        }
        let major = Int64(status.represents.major)
        let minor = Int64(status.represents.minor)
        return Device(
            node: LinuxDevice(
                type: status.kind == .character ? .character : .block,
                path: request.destination,
                major: major,
                minor: minor,
                fileMode: status.permissions,
                uid: status.uid,
                gid: status.gid
            ),
            rule: LinuxDeviceRule(
                allow: true,
                type: status.kind == .character ? .character : .block,
                major: major,
                minor: minor,
                access: request.access
            )
        )
    }

    /// The limits of the control group: no device but the default ones and those asked for.
    func resources(_ devices: [Device]) throws(ContainerStoreError) -> LinuxResources {
        let limits = options.limits
        return LinuxResources(
            devices: [LinuxDeviceRule(allow: false, access: "rwm")] + devices.map(\.rule),
            memory: try memory(limits),
            cpu: try cpu(limits),
            pids: limits.pids.map { LinuxPIDs(limit: $0) },
            blockIO: limits.ioWeight.map { LinuxBlockIO(weight: $0) }
        )
    }

    private func memory(_ limits: ContainerLimits) throws(ContainerStoreError) -> LinuxMemory? {
        guard limits.memory != nil || limits.memoryAndSwap != nil || limits.memoryReservation != nil else { return nil }
        if limits.memoryAndSwap != nil && limits.memory == nil {
            throw ContainerStoreError(.invalidOptions, "a limit of memory and swap needs a limit of memory beside it")
        }
        if let memory = limits.memory, memory < 512 << 10 {
            throw ContainerStoreError(
                .invalidOptions,
                "the memory limit \(memory) is too small",
                hint: "the least that a process can start with is 512 KiB"
            )
        }
        if let memory = limits.memory, let sum = limits.memoryAndSwap, sum != -1, sum < memory {
            throw ContainerStoreError(.invalidOptions, "the limit of memory and swap is below the limit of memory")
        }
        let doubled = limits.memory.map { $0.multipliedReportingOverflow(by: 2) }
        let sum = limits.memoryAndSwap ?? doubled.map { $0.overflow ? -1 : $0.partialValue }
        return LinuxMemory(
            limit: limits.memory,
            reservation: limits.memoryReservation,
            swap: limits.memoryAndSwap != nil || countsSwap ? sum : nil
        )
    }

    private func cpu(_ limits: ContainerLimits) throws(ContainerStoreError) -> LinuxCPU? {
        let period: UInt64 = 100_000
        var quota: Int64?
        if let cpus = limits.cpus {
            guard cpus.isFinite, cpus >= 0.01, cpus <= 100_000 else {
                throw ContainerStoreError(.invalidOptions, "\(cpus) CPUs is not from 0.01 to 100000")
            }
            quota = Int64((cpus * Double(period)).rounded())
        }
        guard quota != nil || limits.cpuShares != nil || limits.cpusetCPUs != nil || limits.cpusetMems != nil else {
            return nil
        }
        return LinuxCPU(
            shares: limits.cpuShares,
            quota: quota,
            period: quota == nil ? nil : period,
            cpus: limits.cpusetCPUs,
            mems: limits.cpusetMems
        )
    }
}
