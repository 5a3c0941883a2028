// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// Limits of the control group, which `update` can change.
struct ResourceFlags: ParsableArguments {
    @Option(
        name: [.customShort("m"), .long],
        parsing: .unconditional,
        help: ArgumentHelp("Memory, such as 64m.", valueName: "size")
    )
    var memory: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Memory and swap together; -1 for no limit; twice the memory by default.", valueName: "size")
    )
    var memorySwap: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Memory that is reclaimed last.", valueName: "size"))
    var memoryReservation: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("CPUs' worth of time, such as 1.5.", valueName: "number"))
    var cpus: String?

    @Option(
        name: [.customShort("c"), .long],
        parsing: .unconditional,
        help: ArgumentHelp("Relative weight of CPU time; 1024 is normal.", valueName: "weight")
    )
    var cpuShares: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("CPUs that may be used, such as 0-2,4.", valueName: "list"))
    var cpusetCpus: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Memory nodes that may be used.", valueName: "list"))
    var cpusetMems: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Processes and threads; -1 for no limit.", valueName: "number"))
    var pidsLimit: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Relative weight of I/O, 10 to 1000.", valueName: "weight"))
    var blkioWeight: String?

    /// What the flags say.
    func limits() throws -> ContainerLimits {
        var limits = ContainerLimits()
        limits.memory = try size(memory, "--memory")
        limits.memoryAndSwap = memorySwap == "-1" ? -1 : try size(memorySwap, "--memory-swap")
        limits.memoryReservation = try size(memoryReservation, "--memory-reservation")
        limits.cpus = try FlagNumber.read(cpus, "--cpus")
        limits.cpuShares = try FlagNumber.read(cpuShares, "--cpu-shares")
        limits.cpusetCPUs = cpusetCpus
        limits.cpusetMems = cpusetMems
        let processes: Int64? = try FlagNumber.read(pidsLimit, "--pids-limit")
        if let processes, processes < -1 { throw Failure("invalid argument \"\(processes)\" for --pids-limit") }
        limits.pids = processes.flatMap { $0 > 0 ? $0 : nil }
        limits.ioWeight = try FlagNumber.read(blkioWeight, "--blkio-weight")
        return limits
    }

    private func size(_ text: String?, _ flag: String) throws(Failure) -> Int64? {
        guard let text else { return nil }
        let bytes = try ByteSize.read(text, of: flag)
        // Docker's way to say "no limit".
        return bytes == 0 ? nil : bytes
    }
}
