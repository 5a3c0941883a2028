// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension ConfigurationValidator {
    /// Checks the limits of the control group.
    mutating func validate(_ resources: LinuxResources, at path: JSONPath) {
        validateRules(resources.devices ?? [], at: path.appending("devices"))
        if let memory = resources.memory { validate(memory, at: path.appending("memory")) }
        if let cpu = resources.cpu { validate(cpu, at: path.appending("cpu")) }
        if let limit = resources.pids?.limit {
            require(limit >= -1, path.appending("pids").appending("limit"), "must be -1, for no limit, or more")
        }
        if let blockIO = resources.blockIO { validate(blockIO, at: path.appending("blockIO")) }
        for (index, limit) in (resources.hugepageLimits ?? []).enumerated() {
            let place = path.appending("hugepageLimits").appending(index).appending("pageSize")
            require(Self.isPageSize(limit.pageSize), place, "must be a number and KB, MB or GB, such as 2MB")
        }
        for (index, priority) in (resources.network?.priorities ?? []).enumerated() {
            let place = path.appending("network").appending("priorities").appending(index).appending("name")
            require(Self.isInterface(priority.name), place, "must be the name of an interface")
        }
        validateUnified(resources.unified ?? [:], at: path.appending("unified"))
    }

    private mutating func validateRules(_ rules: [LinuxDeviceRule], at path: JSONPath) {
        for (index, rule) in rules.enumerated() {
            let place = path.appending(index)
            if let access = rule.access {
                // The letter a is known to no kernel; runc takes it beside others for nothing.
                let letters = access.utf8.filter { $0 != UInt8(ascii: "a") }
                let isAccess = letters.allSatisfy { "rwm".utf8.contains($0) } && letters.isEmpty == access.utf8.isEmpty
                let isUnique = Set(access.utf8).count == access.utf8.count
                require(isAccess && isUnique, place.appending("access"), "must consist of the letters r, w and m")
            }
            for (field, number) in [("major", rule.major), ("minor", rule.minor)] {
                guard let number else { continue }
                let isNumber = (-1...Int64(UInt32.max)).contains(number)
                require(isNumber, place.appending(field), "must be -1, for all, or a device number")
            }
        }
    }

    private mutating func validate(_ memory: LinuxMemory, at path: JSONPath) {
        for (field, value) in [
            ("limit", memory.limit), ("reservation", memory.reservation), ("swap", memory.swap),
            ("kernel", memory.kernel), ("kernelTCP", memory.kernelTCP),
        ] {
            guard let value else { continue }
            require(value >= -1, path.appending(field), "must be -1, for no limit, or more")
        }
        if let limit = memory.limit, let swap = memory.swap, limit > 0, swap > 0 {
            require(
                swap >= limit,
                .conflict,
                path.appending("swap"),
                "counts memory, too, so it must not be less than limit"
            )
        }
        if let swappiness = memory.swappiness {
            require(swappiness <= 100, path.appending("swappiness"), "must be from 0 to 100")
        }
    }

    private mutating func validate(_ cpu: LinuxCPU, at path: JSONPath) {
        if let quota = cpu.quota {
            require(quota >= -1, path.appending("quota"), "must be -1, for no limit, or more")
        }
        if let idle = cpu.idle { require((0...1).contains(idle), path.appending("idle"), "must be 0 or 1") }
        validateList(cpu.cpus, at: path.appending("cpus"))
        validateList(cpu.mems, at: path.appending("mems"))
    }

    private mutating func validate(_ blockIO: LinuxBlockIO, at path: JSONPath) {
        requireWeight(blockIO.weight, path.appending("weight"))
        requireWeight(blockIO.leafWeight, path.appending("leafWeight"))
        for (index, device) in (blockIO.weightDevice ?? []).enumerated() {
            let place = path.appending("weightDevice").appending(index)
            requireWeight(device.weight, place.appending("weight"))
            requireWeight(device.leafWeight, place.appending("leafWeight"))
            requireDevice(device.major, device.minor, place)
        }
        for (field, devices) in [
            ("throttleReadBpsDevice", blockIO.throttleReadBpsDevice),
            ("throttleWriteBpsDevice", blockIO.throttleWriteBpsDevice),
            ("throttleReadIOPSDevice", blockIO.throttleReadIOPSDevice),
            ("throttleWriteIOPSDevice", blockIO.throttleWriteIOPSDevice),
        ] {
            for (index, device) in (devices ?? []).enumerated() {
                requireDevice(device.major, device.minor, path.appending(field).appending(index))
            }
        }
    }

    /// Docker writes a weight of zero for no weight.
    private mutating func requireWeight(_ weight: UInt16?, _ path: JSONPath) {
        guard let weight, weight != 0 else { return }
        require((10...1000).contains(weight), path, "must be from 10 to 1000, or 0 for none")
    }

    private mutating func requireDevice(_ major: Int64, _ minor: Int64, _ path: JSONPath) {
        require((0..<1 << 12).contains(major), path.appending("major"), "must be from 0 to 4095")
        require((0..<1 << 20).contains(minor), path.appending("minor"), "must be from 0 to 1048575")
    }

    private mutating func validateUnified(_ files: [String: String], at path: JSONPath) {
        for key in files.keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            let isFile =
                key.utf8.contains(UInt8(ascii: ".")) && key.utf8.count <= 255
                && key.utf8.first != UInt8(ascii: ".")
                && key.utf8.allSatisfy {
                    Bytes.isAlphanumeric($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_")
                        || $0 == UInt8(ascii: "-")
                }
            require(isFile, path.appending(key), "must be the name of a file of a controller, such as memory.high")
        }
    }

    private static func isPageSize(_ text: String) -> Bool {
        let unit = text.utf8.suffix(2)
        let number = text.utf8.dropLast(2)
        let isUnit = unit.count == 2 && unit.last == UInt8(ascii: "B") && "KMG".utf8.contains(unit.first ?? 0)
        return isUnit && number.first != UInt8(ascii: "0") && Bytes.number(number) != nil
    }
}
