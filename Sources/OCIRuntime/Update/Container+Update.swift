// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CgroupKit
public import OCISpec

extension Container {
    /// Changes the limits of a container that has not ended, and stores them as part of its configuration.
    ///
    /// What `changes` does not name stays as it is. An entry about a device, a page size or a file of version 2 replaces
    /// the one about the same; a list of device rules replaces the whole list, without a moment in which a device that
    /// both lists allow is denied. `memory.swap` counts memory and swap together, so on version 2 a new memory limit
    /// changes what is left for swap. Of a number, 0 stands for none given, as engines write it, but not for tasks,
    /// burst and idle.
    ///
    /// - Parameters:
    ///   - changes: The new limits.
    ///   - resourceControl: New schemata for the container's own class of cache and memory bandwidth; its `closID` and
    ///     `enableMonitoring` cannot change.
    /// - Throws: ``RuntimeError``: `notFound`; `wrongState` ("container not running"); `invalidConfiguration` and
    ///   `unsupported`, naming the field; `cgroupFailed` when the container has no control group, when the kernel
    ///   refuses a value, and when `memory.checkBeforeUpdate` is set and more is in use. On failure the old limits are
    ///   in force, except for files that the error names, and the stored configuration is the old one.
    /// - Note: Needs the right to write to the container's control group: root, or its delegate.
    /// - SeeAlso: OCI runtime-spec 1.3, config-linux.md, "Control groups".
    public func update(
        _ changes: LinuxResources,
        resourceControl: LinuxIntelRDT? = nil
    ) throws(RuntimeError) {
        let directory = try openState()
        let lock = try directory.lock()
        let stored = try snapshot(directory)
        try check(.update, stored)
        guard let group = try cgroup(of: stored) else {
            throw RuntimeError(.cgroupFailed, "update: the container has no control group", container: id)
        }
        let old = try directory.configuration()
        var update = try LimitUpdate(changes, of: old, container: id)
        let request = try resourceControl.flatMap { section throws(RuntimeError) in
            try update.change(section, container: id)
        }
        if changes.memory?.kernel ?? 0 != 0 { runtime.warn([ConfigurationMapper.kernelMemoryWarning], container: id) }
        let tree = try request.map { (_) throws(RuntimeError) in
            try ResourceControlTree.find(runtime.resourceControlRoot, container: id)
        }
        let before = try tree?.change(request?.schemata ?? [], of: stored, container: id)
        do throws(CgroupError) { try apply(update, to: group, stored) } catch {
            tree?.restore(before ?? [], of: stored, container: id)
            throw RuntimeError(error, container: id)
        }
        try directory.replace(configuration: update.configuration)
        extendLifetime(lock)
    }

    /// systemd is told first, as it writes what it knows again at times; when the files then refuse, it is told the old
    /// limits again.
    private func apply(_ update: LimitUpdate, to group: Cgroup, _ stored: StoredState) throws(CgroupError) {
        guard let unit = stored.unit else {
            try group.update(update.limits, devices: update.devices)
            return
        }
        let manager = SystemdPlacement.manager(isUser: stored.isUnitOfUser == true)
        let version = try manager.facts().version
        let current = try group.current()
        let limits = update.limits.roundedForSystemd(current: current)
        // What cannot be is refused before systemd has done the first half of it.
        _ = try limits.plan(group.layout, current: current)
        try manager.set(
            try limits.systemdProperties(group.layout, systemd: version, current: current),
            of: unit
        )
        do throws(CgroupError) { try group.update(limits, devices: update.devices) } catch {
            // The first error counts.
            if let old = try? update.oldLimits.systemdProperties(group.layout, systemd: version) {
                try? manager.set(old, of: unit)
            }
            throw error
        }
    }
}

/// What an update changes: values, before anything is done.
struct LimitUpdate {
    /// The configuration afterwards.
    private(set) var configuration: RuntimeConfiguration
    /// The limits to apply: those that change, and those that they are counted with.
    let limits: CgroupLimits
    /// The device policy, if it changes.
    let devices: DevicePolicy?
    /// The limits before.
    let oldLimits: CgroupLimits

    /// Adds new schemata.
    ///
    /// - Parameters:
    ///   - section: The schemata that change.
    ///   - container: The container's id, for errors.
    /// - Returns: What they ask for; `nil` for none.
    /// - Throws: ``RuntimeError``: `unsupported` for a class of another name and for monitoring, `invalidConfiguration`.
    mutating func change(
        _ section: LinuxIntelRDT,
        container: String
    ) throws(RuntimeError) -> ResourceControlRequest? {
        if section == LinuxIntelRDT() { return nil }
        if section.closID != nil || section.enableMonitoring != nil {
            let name = section.closID == nil ? "enableMonitoring" : "closID"
            throw RuntimeError(.unsupported, "update: linux.intelRdt.\(name) cannot change", container: container)
        }
        var merged = configuration.linux?.intelRdt ?? LinuxIntelRDT()
        merged.l3CacheSchema = section.l3CacheSchema ?? merged.l3CacheSchema
        merged.memBwSchema = section.memBwSchema ?? merged.memBwSchema
        merged.schemata = section.schemata ?? merged.schemata
        do throws(MappingError) {
            let request = try ConfigurationMapper.resourceControl(section)
            configuration.linux?.intelRdt = merged
            return request
        } catch { throw RuntimeError(error, container: container) }
    }

    init(_ changes: LinuxResources, of old: RuntimeConfiguration, container: String) throws(RuntimeError) {
        var new = old
        var linux = new.linux ?? LinuxConfiguration()
        let before = linux.resources ?? LinuxResources()
        let after = before.updated(with: changes)
        linux.resources = after
        new.linux = linux
        configuration = new
        do throws(ValidationError) { try new.validate() } catch {
            throw RuntimeError(.invalidConfiguration, "update: \(error)", container: container)
        }
        var applied = changes
        // The sum of memory and swap that was configured holds for the new memory limit, too.
        if let memory = changes.memory, memory.limit ?? 0 != 0, memory.swap ?? 0 == 0 {
            applied.memory?.swap = after.memory?.swap
        }
        do throws(MappingError) {
            limits = try ConfigurationMapper.limits(applied, at: .field("linux", "resources"))
            oldLimits = try ConfigurationMapper.limits(before, at: .field("linux", "resources"))
            let rules = try ConfigurationMapper.deviceRules(linux)
            let isNew = after.devices != before.devices
            devices = isNew ? DevicePolicy(rules: rules) : nil
        } catch { throw RuntimeError(error, container: container) }
    }
}
