// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension ConfigurationValidator {
    /// Checks the section for Linux.
    mutating func validate(_ linux: LinuxConfiguration, at path: JSONPath) {
        validateNamespaces(linux.namespaces ?? [], at: path.appending("namespaces"))
        validateUserNamespace(linux, at: path)
        validateSysctls(linux.sysctl ?? [:], at: path.appending("sysctl"))
        if let cgroup = linux.cgroupsPath {
            let hasParent = cgroup.utf8.split(separator: UInt8(ascii: "/")).contains { $0.elementsEqual("..".utf8) }
            require(!hasParent, path.appending("cgroupsPath"), "must not contain ..")
        }
        for (field, paths) in [("maskedPaths", linux.maskedPaths), ("readonlyPaths", linux.readonlyPaths)] {
            for (index, value) in (paths ?? []).enumerated() {
                requireAbsolute(value, path.appending(field).appending(index))
            }
        }
        validateDevices(linux.devices ?? [], at: path.appending("devices"))
        validateNetDevices(linux.netDevices ?? [:], at: path.appending("netDevices"))
        if let resources = linux.resources { validate(resources, at: path.appending("resources")) }
        if let seccomp = linux.seccomp { validate(seccomp, at: path.appending("seccomp")) }
        validateTimeOffsets(linux.timeOffsets, at: path.appending("timeOffsets"))
        validate(linux.memoryPolicy, at: path.appending("memoryPolicy"))
        validate(linux.intelRdt, at: path.appending("intelRdt"))
        requireLine(linux.mountLabel, path.appending("mountLabel"))
    }

    private mutating func validateNamespaces(_ namespaces: [LinuxNamespace], at path: JSONPath) {
        for (index, namespace) in namespaces.enumerated() {
            guard let file = namespace.path, !file.utf8.isEmpty else { continue }
            requireAbsolute(file, path.appending(index).appending("path"))
        }
        requireUnique(
            namespaces.map(\.type),
            { path.appending($0).appending("type") },
            "this type of namespace stands twice"
        )
    }

    private mutating func validateUserNamespace(_ linux: LinuxConfiguration, at path: JSONPath) {
        let uids = linux.uidMappings ?? []
        let gids = linux.gidMappings ?? []
        for (field, mappings) in [("uidMappings", uids), ("gidMappings", gids)] {
            validate(mappings, at: path.appending(field))
            require(
                mappings.isEmpty || has(.user),
                .needs,
                path.appending(field),
                "needs a namespace of type user in linux.namespaces"
            )
        }
        guard let user = namespace(.user), user.path?.utf8.isEmpty ?? true else { return }
        require(!uids.isEmpty, .missing, path.appending("uidMappings"), "is required by a new user namespace")
        require(!gids.isEmpty, .missing, path.appending("gidMappings"), "is required by a new user namespace")
    }

    private mutating func validateDevices(_ devices: [LinuxDevice], at path: JSONPath) {
        for (index, device) in devices.enumerated() {
            let place = path.appending(index)
            requireAbsolute(device.path, place.appending("path"))
            for (field, number, limit) in [("major", device.major, 1 << 12), ("minor", device.minor, 1 << 20)] {
                // The kernel has 12 bits for the major and 20 bits for the minor number.
                guard let number else {
                    require(device.type == .fifo, .missing, place.appending(field), "is required by this type")
                    continue
                }
                let isNumber = (0..<Int64(limit)).contains(number)
                require(isNumber, place.appending(field), "must be from 0 to \(limit - 1)")
            }
            if let mode = device.fileMode {
                // Older tools write the bits of the type, too, as stat(2) gives them.
                let type = mode & ~0o7777
                let isMode = type == 0 || type == Self.typeBits(of: device.type)
                require(isMode, place.appending("fileMode"), "must be from 0 to 0o7777")
            }
            require(device.uid != Self.noID, place.appending("uid"), "4294967295 is no user id")
            require(device.gid != Self.noID, place.appending("gid"), "4294967295 is no group id")
        }
    }

    private static func typeBits(of kind: LinuxDevice.Kind) -> UInt32 {
        switch kind {
        case .fifo: 0o010000
        case .character, .unbuffered: 0o020000
        case .block: 0o060000
        }
    }

    private mutating func validateNetDevices(_ devices: [String: LinuxNetDevice], at path: JSONPath) {
        require(devices.isEmpty || has(.network), .needs, path, "needs a namespace of type network in linux.namespaces")
        for (name, device) in devices.sortedByKey {
            let place = path.appending(name)
            require(Self.isInterface(name), place, "\"\(JSONError.excerpt(name.utf8))\" is no name of an interface")
            if let inner = device.name, !inner.utf8.isEmpty {
                require(Self.isInterface(inner), place.appending("name"), "must be the name of an interface")
            }
        }
        let names = devices.compactMap { $0.value.name }.filter {
            !$0.utf8.isEmpty && !$0.utf8.contains(UInt8(ascii: "%"))
        }
        requireUnique(names.sorted(), { _ in path }, "two devices get one name")
    }

    /// Whether the kernel takes a name for an interface: 1 to 15 bytes, no white space, `/` or `:`.
    static func isInterface(_ name: String) -> Bool {
        let utf8 = name.utf8
        return (1...15).contains(utf8.count) && !utf8.elementsEqual(".".utf8) && !utf8.elementsEqual("..".utf8)
            && utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") }
    }

    private mutating func validateTimeOffsets(_ offsets: LinuxTimeOffsets?, at path: JSONPath) {
        guard let offsets else { return }
        let clocks = [("monotonic", offsets.monotonic), ("boottime", offsets.boottime)]
        guard clocks.contains(where: { $0.1 != nil }) else { return }
        if let namespace = namespace(.time) {
            let isNew = namespace.path?.utf8.isEmpty ?? true
            require(isNew, .conflict, path, "the offsets of a namespace that is joined cannot be changed")
        } else {
            add(.needs, path, "needs a namespace of type time in linux.namespaces")
        }
        for (field, offset) in clocks {
            let isFraction = offset?.nanosecs ?? 0 < 1_000_000_000
            require(isFraction, path.appending(field).appending("nanosecs"), "must be less than 1000000000")
        }
    }

    private mutating func validate(_ policy: LinuxMemoryPolicy?, at path: JSONPath) {
        guard let policy else { return }
        let nodes = path.appending("nodes")
        validateList(policy.nodes, at: nodes)
        let isEmpty = policy.nodes?.utf8.isEmpty ?? true
        switch policy.mode {
        case .default, .local:
            let count = (policy.nodes ?? "").split(separator: ",").reduce(0) { $0 + Self.count(of: $1) }
            require(isEmpty, .conflict, nodes, "\(policy.mode.rawValue) mode requires 0 nodes but got \(count)")
        case .bind, .interleave, .weightedInterleave, .preferredMany:
            require(!isEmpty, .missing, nodes, "is required by this mode")
        case .preferred: break  // without nodes it means the local one
        }
        let flags = Set(policy.flags ?? [])
        let place = path.appending("flags")
        let hasBoth = flags.contains(.relativeNodes) && flags.contains(.staticNodes)
        require(!hasBoth, .conflict, place, "MPOL_F_RELATIVE_NODES and MPOL_F_STATIC_NODES exclude each other")
        if flags.contains(.numaBalancing) {
            let hasMode = policy.mode == .bind || policy.mode == .preferredMany
            require(hasMode, .conflict, place, "MPOL_F_NUMA_BALANCING needs the mode MPOL_BIND or MPOL_PREFERRED_MANY")
        }
    }

    /// How many numbers a range such as `0-3` has.
    private static func count(of range: Substring) -> Int {
        let ends = range.split(separator: "-").compactMap { Int($0) }
        guard let first = ends.first, let last = ends.last, first <= last else { return 1 }
        return last.subtractingReportingOverflow(first).partialValue &+ 1
    }

    private mutating func validate(_ rdt: LinuxIntelRDT?, at path: JSONPath) {
        guard let rdt else { return }
        if let name = rdt.closID, !name.utf8.elementsEqual("/".utf8) {
            let isName =
                !name.utf8.isEmpty && !name.utf8.elementsEqual(".".utf8) && !name.utf8.elementsEqual("..".utf8)
                && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\n") }
            require(isName, path.appending("closID"), "must be the name of a directory or /")
        }
        for (index, line) in (rdt.schemata ?? []).enumerated() {
            requireLine(line, path.appending("schemata").appending(index))
        }
    }

    /// Adds a problem if `value` has a line break in it.
    mutating func requireLine(_ value: String?, _ path: @autoclosure () -> JSONPath) {
        guard let value else { return }
        require(!value.utf8.contains(UInt8(ascii: "\n")), path(), "must not contain a line break")
    }
}
