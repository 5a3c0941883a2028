// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension CgroupLimits {
    /// These limits as properties of a unit, as far as systemd has such; the rest is written to the group's files.
    ///
    /// systemd writes what it knows again at times, so it must know what we write.
    ///
    /// - Parameters:
    ///   - layout: The machine's hierarchies.
    ///   - systemd: The number of systemd's version: it learned `CPUQuotaPeriodUSec` in 242, `AllowedCPUs` and
    ///     `AllowedMemoryNodes` in 244, idle groups in 252, `OOMPolicy` of scopes in 253.
    ///   - current: What is in force, for the half of a quota that is not given.
    ///   - isNew: Whether the unit is about to be started, which is the only time for some properties.
    /// - Returns: The properties.
    /// - Throws: ``CgroupError``: `invalidLimit` for what ``plan(_:current:)`` refuses, too.
    public func systemdProperties(
        _ layout: CgroupLayout,
        systemd: Int,
        current: Current = Current(),
        isNew: Bool = false
    ) throws(CgroupError) -> [SystemdProperty] {
        let isUnified = layout.kind == .unified
        var result: [SystemdProperty] = []
        func add(_ name: String, _ limit: ResourceLimit?) {
            if let limit { result.append(SystemdProperty(name, .uint64(limit.systemdValue))) }
        }
        if isUnified {
            add("MemoryMax", memory.limit)
            add("MemoryLow", memory.reservation ?? memory.low)
            add("MemoryHigh", memory.high)
            add("MemoryMin", memory.minimum)
            add("MemorySwapMax", try memory.unifiedSwap(current.memory))
            let sleeps = cpu.idle == true && systemd >= 252
            add("CPUWeight", sleeps ? .value(0) : cpu.weight.map { .value($0.unifiedValue) })
        } else {
            add("MemoryLimit", memory.limit)
            add("CPUShares", cpu.weight.map { .value($0.legacyValue) })
            add("BlockIOWeight", io.weight.map { .value(UInt64($0)) })
        }
        result += Self.quota(cpu.quota, cpu.period, current.cpu, systemd: systemd)
        // systemd takes no zero here.
        add("TasksMax", pids.limit == .value(0) ? .value(1) : pids.limit)
        if systemd >= 244 {
            if let cpus = cpuSet.cpus { result.append(SystemdProperty("AllowedCPUs", cpus.systemdMask)) }
            if let nodes = cpuSet.memoryNodes {
                result.append(SystemdProperty("AllowedMemoryNodes", nodes.systemdMask))
            }
        }
        if isUnified { result += try unified.systemdProperties(systemd: systemd, isNew: isNew) }
        return result
    }

    /// systemd counts time for each second, in hundredths of a CPU.
    static func quota(
        _ quota: ResourceLimit?,
        _ period: UInt64?,
        _ current: CPULimits.Current,
        systemd: Int
    ) -> [SystemdProperty] {
        if quota == nil && period == nil { return [] }
        var result: [SystemdProperty] = []
        if let period, systemd >= 242 { result.append(SystemdProperty("CPUQuotaPeriodUSec", .uint64(period))) }
        var perSecond = UInt64.max
        if case .value(let time) = quota ?? current.quota {
            perSecond = CPULimits.systemdTime(quota: time, period: period ?? current.period)
        }
        return result + [SystemdProperty("CPUQuotaPerSecUSec", .uint64(perSecond))]
    }

    /// These limits with the quota that systemd makes of them, so that the file and the unit say the same.
    public func roundedForSystemd(current: Current = Current()) -> CgroupLimits {
        var result = self
        guard case .value(let quota) = cpu.quota else { return self }
        let period = cpu.period ?? current.cpu.period
        let perSecond = CPULimits.systemdTime(quota: quota, period: period)
        let (product, isTooLarge) = perSecond.multipliedReportingOverflow(by: period)
        if !isTooLarge { result.cpu.quota = .value(product / 1_000_000) }
        return result
    }
}

extension CPULimits {
    /// Microseconds of CPU time for each second, rounded up to hundredths of a CPU as systemd counts.
    static func systemdTime(quota: UInt64, period: UInt64) -> UInt64 {
        let (product, isTooLarge) = quota.multipliedReportingOverflow(by: 1_000_000)
        if isTooLarge || period == 0 { return .max }
        let perSecond = product / period
        return perSecond % 10_000 == 0 ? perSecond : (perSecond / 10_000 + 1) * 10_000
    }
}

extension ResourceLimit {
    /// systemd's largest number stands for no limit.
    var systemdValue: UInt64 { if case .value(let value) = self { value } else { .max } }
}

extension CPUSetLimits.IndexSetText {
    /// The set as bytes with one bit for each number, the lowest first.
    var systemdMask: DBusValue {
        var bytes: [UInt8] = []
        for number in CPUSetStatistics.expand(Array(text.utf8)) {
            let place = Int(number / 8)
            while bytes.count <= place { bytes.append(0) }
            bytes[place] |= 1 << UInt8(number % 8)
        }
        return .array(.byte, bytes.map { .byte($0) })
    }
}
