// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

package import OCISpec

extension LinuxResources {
    /// These limits after an update with `changes`: what is not named there stays, an entry about a device, a page
    /// size or a file replaces the one about the same, and a list of device rules replaces the whole list.
    package func updated(with changes: LinuxResources) -> LinuxResources {
        var result = self
        if let rules = changes.devices, !rules.isEmpty { result.devices = rules }
        if let memory = changes.memory { result.memory = (self.memory ?? LinuxMemory()).updated(with: memory) }
        if let cpu = changes.cpu { result.cpu = (self.cpu ?? LinuxCPU()).updated(with: cpu) }
        if let limit = changes.pids?.limit { result.pids = LinuxPIDs(limit: limit) }
        if let blockIO = changes.blockIO { result.blockIO = (self.blockIO ?? LinuxBlockIO()).updated(with: blockIO) }
        result.hugepageLimits = merged(self.hugepageLimits, changes.hugepageLimits, by: \.pageSize)
        if let network = changes.network {
            result.network = LinuxNetwork(
                classID: network.classID ?? self.network?.classID,
                priorities: merged(self.network?.priorities, network.priorities, by: \.name)
            )
        }
        if let rdma = changes.rdma { result.rdma = (self.rdma ?? [:]).merging(rdma) { $1 } }
        if let files = changes.unified { result.unified = (self.unified ?? [:]).merging(files) { $1 } }
        return result
    }
}

extension LinuxMemory {
    fileprivate func updated(with changes: LinuxMemory) -> LinuxMemory {
        var result = self
        result.limit = given(changes.limit) ?? limit
        result.reservation = given(changes.reservation) ?? reservation
        result.swap = given(changes.swap) ?? swap
        result.kernel = given(changes.kernel) ?? kernel
        result.kernelTCP = given(changes.kernelTCP) ?? kernelTCP
        result.swappiness = changes.swappiness ?? swappiness
        result.disableOOMKiller = changes.disableOOMKiller ?? disableOOMKiller
        result.useHierarchy = changes.useHierarchy ?? useHierarchy
        result.checkBeforeUpdate = changes.checkBeforeUpdate ?? checkBeforeUpdate
        // Without a limit on memory, the old sum of memory and swap means nothing any more.
        if changes.limit == -1 && given(changes.swap) == nil { result.swap = nil }
        return result
    }
}

extension LinuxCPU {
    fileprivate func updated(with changes: LinuxCPU) -> LinuxCPU {
        var result = self
        result.shares = given(changes.shares) ?? shares
        result.quota = given(changes.quota) ?? quota
        result.burst = changes.burst ?? burst
        result.period = given(changes.period) ?? period
        result.realtimeRuntime = given(changes.realtimeRuntime) ?? realtimeRuntime
        result.realtimePeriod = given(changes.realtimePeriod) ?? realtimePeriod
        if let cpus = changes.cpus, !cpus.isEmpty { result.cpus = cpus }
        if let mems = changes.mems, !mems.isEmpty { result.mems = mems }
        result.idle = changes.idle ?? idle
        // An idle group has no weight, and a weight ends being idle.
        if changes.idle == 1 && given(changes.shares) == nil { result.shares = nil }
        if given(changes.shares) != nil && changes.idle == nil { result.idle = nil }
        return result
    }
}

extension LinuxBlockIO {
    fileprivate func updated(with changes: LinuxBlockIO) -> LinuxBlockIO {
        var result = self
        result.weight = given(changes.weight) ?? weight
        result.leafWeight = given(changes.leafWeight) ?? leafWeight
        result.weightDevice = merged(weightDevice, changes.weightDevice) { [$0.major, $0.minor] }
        result.throttleReadBpsDevice = merged(throttleReadBpsDevice, changes.throttleReadBpsDevice, by: \.numbers)
        result.throttleWriteBpsDevice = merged(throttleWriteBpsDevice, changes.throttleWriteBpsDevice, by: \.numbers)
        result.throttleReadIOPSDevice = merged(throttleReadIOPSDevice, changes.throttleReadIOPSDevice, by: \.numbers)
        result.throttleWriteIOPSDevice = merged(throttleWriteIOPSDevice, changes.throttleWriteIOPSDevice, by: \.numbers)
        return result
    }
}

extension LinuxThrottleDevice {
    fileprivate var numbers: [Int64] { [major, minor] }
}

/// A setting, unless it is the zero that engines write for none.
private func given<Number: BinaryInteger>(_ value: Number?) -> Number? { value == 0 ? nil : value }

/// `old` with the entries of `new` in the place of those with the same key, or behind them.
private func merged<Entry, Key: Equatable>(_ old: [Entry]?, _ new: [Entry]?, by key: (Entry) -> Key) -> [Entry]? {
    guard let new, !new.isEmpty else { return old }
    var result = old ?? []
    for entry in new {
        result.removeAll { key($0) == key(entry) }
        result.append(entry)
    }
    return result
}
