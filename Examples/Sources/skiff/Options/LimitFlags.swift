// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// What `run` and `create` say of limits.
struct LimitFlags: ParsableArguments {
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

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Limit of the process, such as nofile=1024:2048.", valueName: "name=soft[:hard]")
    )
    var ulimit: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How eagerly it is ended when memory is short, -1000 to 1000.", valueName: "score")
    )
    var oomScoreAdj: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Control group below which its own is made.", valueName: "path")
    )
    var cgroupParent: String?

    /// Notes what the flags say.
    func apply(to options: inout ContainerOptions) throws {
        var limits = ContainerLimits()
        limits.memory = try size(memory, "--memory")
        limits.memoryAndSwap = memorySwap == "-1" ? -1 : try size(memorySwap, "--memory-swap")
        limits.memoryReservation = try size(memoryReservation, "--memory-reservation")
        limits.cpus = try number(cpus, "--cpus")
        limits.cpuShares = try number(cpuShares, "--cpu-shares")
        limits.cpusetCPUs = cpusetCpus
        limits.cpusetMems = cpusetMems
        let processes: Int64? = try number(pidsLimit, "--pids-limit")
        if let processes, processes < -1 { throw Failure("invalid argument \"\(processes)\" for --pids-limit") }
        limits.pids = processes.flatMap { $0 > 0 ? $0 : nil }
        limits.ioWeight = try number(blkioWeight, "--blkio-weight")
        options.limits = limits
        for text in ulimit {
            let limit = try LimitFlag.read(text)
            options.resourceLimits.removeAll { $0.type == limit.type }
            options.resourceLimits.append(limit)
        }
        options.oomScoreAdjustment = try number(oomScoreAdj, "--oom-score-adj")
        options.cgroupParent = cgroupParent
    }

    private func size(_ text: String?, _ flag: String) throws(Failure) -> Int64? {
        guard let text else { return nil }
        let bytes = try ByteSize.read(text, of: flag)
        // Docker's way to say "no limit".
        return bytes == 0 ? nil : bytes
    }

    private func number<Number: LosslessStringConvertible>(
        _ text: String?,
        _ flag: String
    ) throws(Failure) -> Number? {
        guard let text else { return nil }
        guard let number = Number(text) else {
            throw Failure("invalid argument \"\(text)\" for \(flag): no such number")
        }
        return number
    }
}
