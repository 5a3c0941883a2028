// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension UnifiedSettings {
    /// The files that systemd has a property for; others are left to the file system.
    func systemdProperties(systemd: Int, isNew: Bool) throws(CgroupError) -> [SystemdProperty] {
        var result: [SystemdProperty] = []
        for (file, text) in files.sorted(by: { $0.key < $1.key }) {
            let words = text.split { $0 == " " || $0 == "\n" || $0 == "\t" }.map { String($0) }
            switch file {
            case "cpu.max": result += try Self.quota(words, file, systemd: systemd)
            case "cpu.weight":
                // An idle group has no weight.
                if files["cpu.idle"] == "1" && systemd >= 252 { continue }
                result.append(SystemdProperty("CPUWeight", .uint64(try Self.number(words, file))))
            case "cpu.idle" where words == ["1"] && systemd >= 252:
                result.append(SystemdProperty("CPUWeight", .uint64(0)))
            case "cpuset.cpus" where systemd >= 244: result.append(try Self.mask("AllowedCPUs", words, file))
            case "cpuset.mems" where systemd >= 244: result.append(try Self.mask("AllowedMemoryNodes", words, file))
            case "memory.oom.group" where isNew && systemd >= 253:
                result.append(SystemdProperty("OOMPolicy", .string(words == ["1"] ? "kill" : "continue")))
            default:
                guard let name = Self.limits[file] else { continue }
                let limit = words == ["max"] ? UInt64.max : try Self.number(words, file)
                result.append(SystemdProperty(name, .uint64(name == "TasksMax" && limit == 0 ? 1 : limit)))
            }
        }
        return result
    }

    private static let limits = [
        "memory.high": "MemoryHigh", "memory.low": "MemoryLow", "memory.min": "MemoryMin", "memory.max": "MemoryMax",
        "memory.swap.max": "MemorySwapMax", "pids.max": "TasksMax",
    ]

    private static func quota(_ words: [String], _ file: String, systemd: Int) throws(CgroupError) -> [SystemdProperty]
    {
        guard (1...2).contains(words.count) else { throw .invalid("unified.\(file)", "it has a quota and a period") }
        let period = words.count == 2 ? try number([words[1]], file) : 100_000
        let quota: ResourceLimit = words[0] == "max" ? .unlimited : .value(try number([words[0]], file))
        return CgroupLimits.quota(quota, period, CPULimits.Current(), systemd: systemd)
    }

    private static func number(_ words: [String], _ file: String) throws(CgroupError) -> UInt64 {
        guard words.count == 1, let number = UInt64(words[0]) else {
            throw .invalid("unified.\(file)", "it is no number")
        }
        return number
    }

    private static func mask(_ name: String, _ words: [String], _ file: String) throws(CgroupError) -> SystemdProperty {
        let list = Array(words.joined().utf8)
        return SystemdProperty(name, try CPUSetLimits.IndexSetText(bytes: list, field: "unified.\(file)").systemdMask)
    }
}
