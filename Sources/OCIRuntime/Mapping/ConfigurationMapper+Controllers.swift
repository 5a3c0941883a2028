// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CgroupKit
internal import OCISpec

/// The controllers whose settings differ in form from the kit's.
extension ConfigurationMapper {
    /// The kernel counts its own memory with the rest since 5.16; before, the limit was deprecated.
    static let kernelMemoryWarning =
        "linux.resources.memory.kernel is ignored: the kernel has no such limit any more, its memory counts for limit"

    static func memory(_ section: LinuxMemory?, at path: JSONPath) throws(MappingError) -> MemoryLimits {
        var limits = MemoryLimits()
        guard let section else { return limits }
        if section.useHierarchy == false {
            throw .unsupported(path.appending("useHierarchy"), "memory is always counted hierarchically")
        }
        limits.limit = limitUnlessZero(section.limit)
        limits.reservation = limitUnlessZero(section.reservation)
        limits.swap = limitUnlessZero(section.swap)
        limits.kernelTCP = limitUnlessZero(section.kernelTCP)
        limits.swappiness = section.swappiness
        limits.disableOOMKiller = section.disableOOMKiller
        limits.checkBeforeUpdate = section.checkBeforeUpdate
        return limits
    }

    static func cpu(_ section: LinuxCPU?, at path: JSONPath) throws(MappingError) -> CPULimits {
        var limits = CPULimits()
        guard let section else { return limits }
        limits.weight = nonZero(section.shares).map { .shares($0) }
        limits.quota = limitUnlessZero(section.quota)
        limits.period = nonZero(section.period)
        limits.burst = section.burst
        limits.realtimeRuntime = section.realtimeRuntime == 0 ? nil : section.realtimeRuntime
        limits.realtimePeriod = nonZero(section.realtimePeriod)
        switch section.idle {
        case nil: break
        case 0: limits.idle = false
        case 1: limits.idle = true
        default: throw .invalid(path.appending("idle"), "must be 0 or 1")
        }
        return limits
    }

    static func cpuSet(_ section: LinuxCPU?, at path: JSONPath) throws(MappingError) -> CPUSetLimits {
        CPUSetLimits(
            cpus: try indexSet(section?.cpus, at: path.appending("cpus")),
            memoryNodes: try indexSet(section?.mems, at: path.appending("mems"))
        )
    }

    static func io(_ section: LinuxBlockIO?, at path: JSONPath) throws(MappingError) -> IOLimits {
        var limits = IOLimits()
        guard let section else { return limits }
        limits.weight = nonZero(section.weight)
        limits.leafWeight = nonZero(section.leafWeight)
        for (index, item) in (section.weightDevice ?? []).enumerated() {
            let device = try device(item.major, item.minor, at: path.appending("weightDevice").appending(index))
            limits.deviceWeights.append(
                IOLimits.DeviceWeight(
                    device: device,
                    weight: nonZero(item.weight),
                    leafWeight: nonZero(item.leafWeight)
                )
            )
        }
        limits.readBytes = try rates(section.throttleReadBpsDevice, at: path.appending("throttleReadBpsDevice"))
        limits.writeBytes = try rates(section.throttleWriteBpsDevice, at: path.appending("throttleWriteBpsDevice"))
        limits.readOperations = try rates(section.throttleReadIOPSDevice, at: path.appending("throttleReadIOPSDevice"))
        limits.writeOperations = try rates(
            section.throttleWriteIOPSDevice,
            at: path.appending("throttleWriteIOPSDevice")
        )
        return limits
    }

    private static func rates(
        _ list: [LinuxThrottleDevice]?,
        at path: JSONPath
    ) throws(MappingError) -> [IOLimits.DeviceRate] {
        var result: [IOLimits.DeviceRate] = []
        for (index, item) in (list ?? []).enumerated() {
            let device = try device(item.major, item.minor, at: path.appending(index))
            result.append(IOLimits.DeviceRate(device: device, rate: item.rate))
        }
        return result
    }

    private static func device(
        _ major: Int64,
        _ minor: Int64,
        at path: JSONPath
    ) throws(MappingError) -> IOLimits.Device {
        guard let major = UInt32(exactly: major) else { throw .invalid(path.appending("major"), "is no device number") }
        guard let minor = UInt32(exactly: minor) else { throw .invalid(path.appending("minor"), "is no device number") }
        return IOLimits.Device(major: major, minor: minor)
    }

    private static func indexSet(
        _ list: String?,
        at path: JSONPath
    ) throws(MappingError) -> CPUSetLimits.IndexSetText? {
        guard let bytes = list.nonEmptyBytes else { return nil }
        do throws(CgroupError) { return try CPUSetLimits.IndexSetText(bytes: bytes, field: "\(path)") } catch {
            throw .invalid(path, "must be a list of numbers and ranges such as 0-3,7")
        }
    }

    /// Engines write 0 for a setting they were not given.
    private static func nonZero<Number: BinaryInteger>(_ value: Number?) -> Number? { value == 0 ? nil : value }
}
