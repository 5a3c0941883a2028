// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The state of a version 1 devices group: a default, and exceptions to it.
///
/// The kernel knows no order. A device is an exception when one entry matches it; entries with `*` match more than one.
/// So a rule list can be put into this form only where no rule takes back part of what an entry with `*` says.
package struct LegacyDeviceList: Hashable, Sendable {
    /// Which devices an exception is about.
    package struct Key: Hashable, Sendable {
        package let kind: DeviceRule.Kind
        package let major: UInt32?
        package let minor: UInt32?

        var text: String {
            "\(kind == .block ? "b" : "c") \(major.map { "\($0)" } ?? "*"):\(minor.map { "\($0)" } ?? "*")"
        }

        /// The keys with `*` that match all devices of this one, and more.
        var wider: [Key] {
            var keys: [Key] = []
            if major != nil || minor != nil { keys.append(Key(kind: kind, major: nil, minor: nil)) }
            if major != nil && minor != nil {
                keys.append(Key(kind: kind, major: major, minor: nil))
                keys.append(Key(kind: kind, major: nil, minor: minor))
            }
            return keys
        }
    }

    /// A line for `devices.allow` or `devices.deny`.
    package struct Write: Hashable, Sendable {
        package let file: String
        package let value: String
    }

    /// What holds where no exception matches.
    package let allowsByDefault: Bool
    /// The access that is allowed (or denied, when all is allowed by default).
    package let exceptions: [Key: DeviceRule.Access]

    /// Puts a policy into the kernel's form.
    ///
    /// - Throws: ``CgroupError``: `unsupported` when a rule takes back part of a rule with `*`.
    package init(_ policy: DevicePolicy) throws(CgroupError) {
        try policy.check()
        let kinds: [DeviceRule.Kind] = [.character, .block]
        let allowsByDefault = kinds.allSatisfy { policy.allowedAccess($0, major: nil, minor: nil) == .full }
        var wanted: [Key: DeviceRule.Access] = [:]
        for key in kinds.flatMap({ Self.keys(of: policy, $0) }) {
            let allowed = policy.allowedAccess(key.kind, major: key.major, minor: key.minor)
            wanted[key] = allowsByDefault ? DeviceRule.Access.full.subtracting(allowed) : allowed
        }
        var exceptions: [Key: DeviceRule.Access] = [:]
        for (key, access) in wanted {
            let inherited = key.wider.compactMap { wanted[$0] }
            if let wider = inherited.first(where: { !$0.isSubset(of: access) }) {
                throw CgroupError(
                    .unsupported,
                    "set device rules",
                    field: "devices",
                    hint:
                        "cgroup version 1 cannot except \(key.text) \(wider.subtracting(access).text) from a wider rule"
                )
            }
            if !access.isEmpty && !inherited.contains(where: access.isSubset) { exceptions[key] = access }
        }
        self.allowsByDefault = allowsByDefault
        self.exceptions = exceptions
    }

    /// Every set of devices that the rules tell apart.
    private static func keys(of policy: DevicePolicy, _ kind: DeviceRule.Kind) -> Set<Key> {
        let rules = policy.rules.filter { $0.kind == .all || $0.kind == kind }
        var keys: Set = [Key(kind: kind, major: nil, minor: nil)]
        let majors = Set(rules.compactMap(\.major))
        let minorsOfAll = Set(rules.compactMap { $0.major == nil ? $0.minor : nil })
        for rule in rules { keys.insert(Key(kind: kind, major: rule.major, minor: rule.minor)) }
        for major in majors {
            keys.insert(Key(kind: kind, major: major, minor: nil))
            for minor in minorsOfAll { keys.insert(Key(kind: kind, major: major, minor: minor)) }
        }
        return keys
    }

    /// Reads `devices.list`; exceptions to "all allowed" are not shown there.
    package init(list: [UInt8]) {
        var exceptions: [Key: DeviceRule.Access] = [:]
        var allowsByDefault = false
        for line in KernelText.lines(list) {
            let fields = KernelText.fields(line)
            guard fields.count == 3, let numbers = KernelText.cut(fields[1], at: UInt8(ascii: ":")),
                let access = try? DeviceRule.Access(bytes: Array(fields[2]))
            else { continue }
            if fields[0].first == UInt8(ascii: "a") {
                allowsByDefault = true
                continue
            }
            let key = Key(
                kind: fields[0].first == UInt8(ascii: "b") ? .block : .character,
                major: KernelText.number(numbers.0).flatMap(UInt32.init(exactly:)),
                minor: KernelText.number(numbers.1).flatMap(UInt32.init(exactly:))
            )
            exceptions[key, default: []].formUnion(access)
        }
        self.allowsByDefault = allowsByDefault
        self.exceptions = allowsByDefault ? [:] : exceptions
    }

    /// The writes that lead from `current` to this state.
    ///
    /// From one deny-by-default state to another only the difference is written, so that running processes never lose
    /// a device they keep, and groups with children can change (the kernel refuses to change their default).
    package func plan(from current: LegacyDeviceList) -> [Write] {
        if allowsByDefault {
            return [Write(file: "devices.allow", value: "a")] + writes("devices.deny", exceptions)
        }
        if current.allowsByDefault {
            return [Write(file: "devices.deny", value: "a")] + writes("devices.allow", exceptions)
        }
        let removed = current.exceptions.reduce(into: [Key: DeviceRule.Access]()) { result, item in
            result[item.key] = item.value.subtracting(exceptions[item.key] ?? [])
        }
        let added = exceptions.reduce(into: [Key: DeviceRule.Access]()) { result, item in
            result[item.key] = item.value.subtracting(current.exceptions[item.key] ?? [])
        }
        return writes("devices.deny", removed) + writes("devices.allow", added)
    }

    private func writes(_ file: String, _ entries: [Key: DeviceRule.Access]) -> [Write] {
        entries.filter { !$0.value.isEmpty }.map { Write(file: file, value: "\($0.key.text) \($0.value.text)") }
            .sorted { $0.value < $1.value }
    }
}
