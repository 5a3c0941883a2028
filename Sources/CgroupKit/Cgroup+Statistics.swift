// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import SystemPackage

extension Cgroup {
    /// Reads what the kernel counts for the group, from whichever version has each controller.
    ///
    /// - Throws: ``CgroupError`` when a file that exists cannot be read. What the kernel lacks is `nil`.
    /// - Note: Needs no privilege where the files are readable.
    public var statistics: CgroupStatistics {
        get throws(CgroupError) {
            var result = CgroupStatistics()
            if let directory = directory(for: .memory) { result.memory = try MemoryStatistics(directory) }
            let accounting = legacy(.cpuacct)
            let cpu = legacy(.cpu)
            if accounting != nil || cpu != nil {
                result.cpu = try CPUStatistics(accounting: accounting, cpu: cpu)
            } else if let unified {
                result.cpu = try CPUStatistics(unified: unified)
            }
            if let directory = directory(for: .pids) { result.pids = try PIDStatistics(directory) }
            if let directory = directory(for: .io) { result.io = try IOStatistics.read(directory) }
            if let directory = directory(for: .hugetlb) { result.hugePages = try HugePageStatistics.read(directory) }
            if let directory = directory(for: .rdma) { result.rdma = try RDMAStatistics.read(directory) }
            if let directory = directory(for: .misc) { result.misc = try MiscStatistics.read(directory) }
            if let directory = directory(for: .cpuset) { result.cpuSet = try CPUSetStatistics(directory) }
            if let unified {
                result.cpuPressure = try unified.readIfPresent("cpu.pressure").flatMap(PressureStatistics.init)
                result.memoryPressure = try unified.readIfPresent("memory.pressure").flatMap(PressureStatistics.init)
                result.ioPressure = try unified.readIfPresent("io.pressure").flatMap(PressureStatistics.init)
            }
            return result
        }
    }
}

extension CgroupDirectory {
    /// A file that holds one number; `nil` where there is no such file.
    func number(_ file: String) throws(CgroupError) -> UInt64? {
        try readIfPresent(FilePath(file)).flatMap { KernelText.number($0) }
    }

    /// A file that holds a limit; `nil` where there is no such file.
    func limit(_ file: String) throws(CgroupError) -> ResourceLimit? {
        try readIfPresent(FilePath(file)).flatMap(ResourceLimit.init)
    }

    /// A file of lines `key number`; empty where there is no such file.
    func table(_ file: String) throws(CgroupError) -> [String: UInt64] {
        try readIfPresent(FilePath(file)).map(KernelText.table) ?? [:]
    }
}
