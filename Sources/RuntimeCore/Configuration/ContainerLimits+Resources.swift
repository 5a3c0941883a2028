// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec

extension ContainerLimits {
    /// The limits as an OCI configuration has them.
    ///
    /// - Parameter countsSwap: Whether the host's control groups count swap, so that a limit of memory can bound it too.
    /// - Returns: What the control group is to be given.
    /// - Throws: ``ContainerStoreError``: `invalidOptions`.
    func resources(countsSwap: Bool) throws(ContainerStoreError) -> LinuxResources {
        LinuxResources(
            memory: try memoryResources(countsSwap: countsSwap),
            cpu: try cpuResources(),
            pids: pids.map { LinuxPIDs(limit: $0) },
            blockIO: ioWeight.map { LinuxBlockIO(weight: $0) }
        )
    }

    private func memoryResources(countsSwap: Bool) throws(ContainerStoreError) -> LinuxMemory? {
        guard memory != nil || memoryAndSwap != nil || memoryReservation != nil else { return nil }
        if memoryAndSwap != nil && memory == nil {
            throw ContainerStoreError(.invalidOptions, "a limit of memory and swap needs a limit of memory beside it")
        }
        if let memory, memory < 512 << 10 {
            throw ContainerStoreError(
                .invalidOptions,
                "the memory limit \(memory) is too small",
                hint: "the least that a process can start with is 512 KiB"
            )
        }
        if let memory, let sum = memoryAndSwap, sum != -1, sum < memory {
            throw ContainerStoreError(.invalidOptions, "the limit of memory and swap is below the limit of memory")
        }
        let doubled = memory.map { $0.multipliedReportingOverflow(by: 2) }
        let sum = memoryAndSwap ?? doubled.map { $0.overflow ? -1 : $0.partialValue }
        return LinuxMemory(
            limit: memory,
            reservation: memoryReservation,
            swap: memoryAndSwap != nil || countsSwap ? sum : nil
        )
    }

    private func cpuResources() throws(ContainerStoreError) -> LinuxCPU? {
        let period: UInt64 = 100_000
        var quota: Int64?
        if let cpus {
            guard cpus.isFinite, cpus >= 0.01, cpus <= 100_000 else {
                throw ContainerStoreError(.invalidOptions, "\(cpus) CPUs is not from 0.01 to 100000")
            }
            quota = Int64((cpus * Double(period)).rounded())
        }
        guard quota != nil || cpuShares != nil || cpusetCPUs != nil || cpusetMems != nil else {
            return nil
        }
        return LinuxCPU(
            shares: cpuShares,
            quota: quota,
            period: quota == nil ? nil : period,
            cpus: cpusetCPUs,
            mems: cpusetMems
        )
    }
}
