// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CgroupKit
internal import OCISpec

extension ConfigurationMapper {
    /// What the configuration asks of the control group.
    static func cgroup(
        _ configuration: RuntimeConfiguration,
        _ linux: LinuxConfiguration
    ) throws(MappingError) -> CgroupRequest {
        var request = CgroupRequest()
        request.unitAnnotations = (configuration.annotations ?? [:]).filter { $0.key.hasPrefix(SystemdProperty.prefix) }
        request.owner = cgroupOwner(configuration, linux)
        request.path = linux.cgroupsPath.nonEmptyBytes == nil ? nil : linux.cgroupsPath
        guard let resources = linux.resources else { return request }
        request.deviceRules = try deviceRules(linux)
        request.hasOwnDeviceRules = resources.devices?.isEmpty == false
        request.limits = try limits(resources, at: .field("linux", "resources"))
        return request
    }

    /// The configuration's rules about devices, and behind them what every container may use.
    static func deviceRules(_ linux: LinuxConfiguration) throws(MappingError) -> [DeviceRule] {
        let path = JSONPath.field("linux", "resources", "devices")
        return try deviceRules(linux.resources?.devices ?? [], at: path) + DeviceRule.defaults
    }

    /// The user on the host that the container's group is given to: the one that the process runs as, if the container
    /// has a cgroup namespace of its own and may write to its cgroup mount.
    ///
    /// Specification: OCI runtime-spec 1.3, config-linux.md, "Cgroup ownership".
    static func cgroupOwner(_ configuration: RuntimeConfiguration, _ linux: LinuxConfiguration) -> UInt32? {
        let hasNamespace = (linux.namespaces ?? []).contains { $0.type == .cgroup && $0.path.nonEmptyBytes == nil }
        let isWritable = (configuration.mounts ?? []).contains { mount in
            (mount.source == "cgroup" || mount.type == "cgroup" || mount.type == "cgroup2")
                && mount.destination == "/sys/fs/cgroup" && mount.options?.contains("ro") != true
        }
        guard hasNamespace, isWritable, let uid = configuration.process?.user.uid else { return nil }
        let mappings = linux.uidMappings ?? []
        if mappings.isEmpty { return uid }
        for mapping in mappings {
            let (distance, isBelow) = uid.subtractingReportingOverflow(mapping.containerID)
            if !isBelow, distance < mapping.size { return mapping.hostID &+ distance }
        }
        return nil
    }

    /// Maps limits alone, as an update has them.
    static func limits(_ resources: LinuxResources, at path: JSONPath) throws(MappingError) -> CgroupLimits {
        var limits = CgroupLimits()
        limits.memory = try memory(resources.memory, at: path.appending("memory"))
        limits.cpu = try cpu(resources.cpu, at: path.appending("cpu"))
        limits.cpuSet = try cpuSet(resources.cpu, at: path.appending("cpu"))
        limits.pids = PIDLimits(limit: resources.pids?.limit.map(taskLimit))
        limits.io = try io(resources.blockIO, at: path.appending("blockIO"))
        limits.hugePages = (resources.hugepageLimits ?? []).map {
            HugePageLimit(pageSize: $0.pageSize, limit: .value($0.limit))
        }
        limits.rdma = (resources.rdma ?? [:]).sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map {
            RDMALimit(
                device: $0.key,
                handles: $0.value.hcaHandles.map { .value(UInt64($0)) },
                objects: $0.value.hcaObjects.map { .value(UInt64($0)) }
            )
        }
        limits.network = NetworkTags(
            classID: resources.network?.classID,
            priorities: (resources.network?.priorities ?? []).map {
                NetworkTags.Priority(interface: $0.name, priority: $0.priority)
            }
        )
        limits.unified = UnifiedSettings(files: resources.unified ?? [:])
        return limits
    }

    private static func deviceRules(
        _ rules: [LinuxDeviceRule],
        at path: JSONPath
    ) throws(MappingError) -> [DeviceRule] {
        var result: [DeviceRule] = []
        for (index, rule) in rules.enumerated() {
            let place = path.appending(index)
            let kind: DeviceRule.Kind =
                switch rule.type {
                case .character: .character
                case .block: .block
                case .all, nil: .all
                }
            let access: DeviceRule.Access
            do throws(CgroupError) {
                access =
                    try rule.access.nonEmptyBytes.map { bytes throws(CgroupError) in
                        try DeviceRule.Access(bytes: bytes.filter { $0 != UInt8(ascii: "a") })
                    } ?? .full
            } catch { throw .invalid(place.appending("access"), "must consist of the letters r, w and m") }
            result.append(
                DeviceRule(
                    allow: rule.allow,
                    kind,
                    major: try deviceNumber(rule.major, at: place.appending("major")),
                    minor: try deviceNumber(rule.minor, at: place.appending("minor")),
                    access: access
                )
            )
        }
        return result
    }

    /// A number in a rule; absent and -1 stand for every one.
    private static func deviceNumber(_ number: Int64?, at path: JSONPath) throws(MappingError) -> UInt32? {
        guard let number, number != -1 else { return nil }
        guard let result = UInt32(exactly: number) else {
            throw .invalid(path, "must be -1, for all, or a device number")
        }
        return result
    }

    /// A bound that is a number or -1; the check has refused other negative numbers.
    static func limit(_ value: Int64) -> ResourceLimit { UInt64(exactly: value).map { .value($0) } ?? .unlimited }

    /// Zero, which allows no new task, would forbid the container's own process on version 2, where it is born in the
    /// group. One allows it and no other, which is the same to the container, and what systemd makes of zero.
    static func taskLimit(_ value: Int64) -> ResourceLimit { value == 0 ? .value(1) : limit(value) }

    /// Like ``limit(_:)``, but engines write 0 for a bound they were not given.
    static func limitUnlessZero(_ value: Int64?) -> ResourceLimit? {
        guard let value, value != 0 else { return nil }
        return limit(value)
    }
}
