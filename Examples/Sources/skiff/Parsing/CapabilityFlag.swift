// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// `--cap-add` and `--cap-drop`.
enum CapabilityFlag {
    /// The capabilities that `names` mean: `NET_ADMIN`, `cap_net_admin`, or `ALL`.
    static func read(_ names: [String], of flag: String) throws(Failure) -> CapabilitySet {
        var set = CapabilitySet()
        for name in names {
            let upper = name.uppercased()
            if upper == "ALL" || upper == "CAP_ALL" {
                set.formUnion(all)
                continue
            }
            let full = upper.hasPrefix("CAP_") ? upper : "CAP_\(upper)"
            guard let capability = Capability(name: full.utf8) else {
                throw Failure("\(flag): there is no capability called \"\(name)\"")
            }
            set.insert(capability)
        }
        return set
    }

    /// Those that this kernel knows.
    private static var all: CapabilitySet {
        let text = (try? HostPath.read("/proc/sys/kernel/cap_last_cap")) ?? []
        let digits = String(decoding: text, as: UTF8.self).prefix { $0.isNumber }
        return .all(upTo: UInt8(digits) ?? 40)
    }
}
