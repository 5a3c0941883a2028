// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import OCIRuntime
internal import OCISpec

extension Command {
    static let update = Command(
        name: "update",
        summary: "change the limits of a container",
        description: """
            Changes limits of a container that has not ended; what is not named stays as it is. The limits come from
            options, or from FILE (- is standard input): JSON as linux.resources in config.json has it.
            """,
        operands: "CONTAINER",
        operandCount: 1...1,
        options: [.resources] + UpdateRequest.limits + [.l3CacheSchema, .memoryBandwidthSchema]
    ) { invocation in
        let changes = try UpdateRequest.resources(invocation.arguments)
        let resourceControl = UpdateRequest.resourceControl(invocation.arguments)
        try invocation.container().update(changes, resourceControl: resourceControl)
        return 0
    }
}

/// The limits that `update` is asked for.
enum UpdateRequest {
    /// The options that each stand for a limit.
    static let limits: [Option] = [
        .blkioWeight, .cpuPeriod, .cpuQuota, .cpuBurst, .cpuShare, .cpuRealtimePeriod, .cpuRealtimeRuntime, .cpuIdle,
        .cpusetCPUs, .cpusetMems, .memory, .memoryReservation, .memorySwap, .kernelMemory, .kernelMemoryTCP,
        .pidsLimit,
    ]

    /// Reads the file or the options.
    ///
    /// - Throws: ``UsageError`` for both at once and for values that are no numbers, ``ProgramError`` for the file.
    static func resources(_ arguments: ParsedArguments) throws -> LinuxResources {
        guard let path = arguments.value(of: .resources), !path.isEmpty else { return try fromOptions(arguments) }
        if let option = limits.first(where: arguments.has) {
            throw UsageError("--resources and --\(option.name) exclude each other")
        }
        let bytes: [UInt8]
        do throws(SystemCallError) { bytes = try Files.read(path) } catch {
            throw ProgramError("read the resources: \(error)")
        }
        do throws(JSONError) { return try LinuxResources(json: bytes) } catch {
            throw ProgramError("\(path): \(error)")
        }
    }

    /// New schemata of Intel RDT; they go with a file of limits, too.
    static func resourceControl(_ arguments: ParsedArguments) -> LinuxIntelRDT? {
        func line(_ option: Option) -> String? { arguments.value(of: option).flatMap { $0.isEmpty ? nil : $0 } }
        let section = LinuxIntelRDT(l3CacheSchema: line(.l3CacheSchema), memBwSchema: line(.memoryBandwidthSchema))
        return section == LinuxIntelRDT() ? nil : section
    }

    private static func fromOptions(_ arguments: ParsedArguments) throws(UsageError) -> LinuxResources {
        var memory = LinuxMemory()
        memory.limit = try bytes(.memory, arguments)
        memory.reservation = try bytes(.memoryReservation, arguments)
        memory.swap = try bytes(.memorySwap, arguments)
        memory.kernel = try bytes(.kernelMemory, arguments)
        memory.kernelTCP = try bytes(.kernelMemoryTCP, arguments)
        var cpu = LinuxCPU()
        cpu.shares = try number(.cpuShare, arguments)
        cpu.quota = try number(.cpuQuota, arguments)
        cpu.burst = try number(.cpuBurst, arguments)
        cpu.period = try number(.cpuPeriod, arguments)
        cpu.realtimeRuntime = try number(.cpuRealtimeRuntime, arguments)
        cpu.realtimePeriod = try number(.cpuRealtimePeriod, arguments)
        cpu.cpus = arguments.value(of: .cpusetCPUs)
        cpu.mems = arguments.value(of: .cpusetMems)
        cpu.idle = try number(.cpuIdle, arguments)
        let weight: UInt16? = try number(.blkioWeight, arguments)
        let tasks: Int64? = try number(.pidsLimit, arguments)
        return LinuxResources(
            memory: memory == LinuxMemory() ? nil : memory,
            cpu: cpu == LinuxCPU() ? nil : cpu,
            pids: tasks.map { LinuxPIDs(limit: $0) },
            blockIO: weight.map { LinuxBlockIO(weight: $0) }
        )
    }

    private static func bytes(_ option: Option, _ arguments: ParsedArguments) throws(UsageError) -> Int64? {
        guard let text = arguments.value(of: option), !text.isEmpty else { return nil }
        guard let number = ByteCount.number(of: text) else {
            throw UsageError(
                "invalid value for \(option.name): \"\(text)\" is no number of bytes such as 512M, and not -1"
            )
        }
        return number
    }

    private static func number<Number: FixedWidthInteger>(
        _ option: Option,
        _ arguments: ParsedArguments
    ) throws(UsageError) -> Number? {
        guard let text = arguments.value(of: option), !text.isEmpty else { return nil }
        guard let number = Number(text) else {
            let range = Number.isSigned ? "" : " from 0 on"
            throw UsageError("invalid value for \(option.name): \"\(text)\" is no number\(range)")
        }
        return number
    }
}
