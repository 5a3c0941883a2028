// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import RuntimeCore

/// A container's surroundings beside the host's.
struct Comparison {
    let host: Surroundings
    let container: Surroundings

    /// The rows of a table, each with what is compared, the host's value and the container's.
    var rows: [[String]] {
        [
            ["", "host", "container"], row("process id", "pid"), row("host name", "hostname"),
            row("user and group") { "\($0["uid"]) \($0["gid"])" }, row("map of users", "uid_map"),
            row("capabilities") { Self.text($0.capabilities("capabilities")) },
            row("can ever get") { Self.text($0.capabilities("bounding")) },
            row("can gain privileges") { $0["no_new_privileges"] == "1" ? "no" : "yes" },
            row("system calls") { $0["seccomp"] == "2" ? "filtered" : "all" },
            row("memory") { UInt64($0["memory"]).map { Text.bytes($0) } ?? "unknown" }, row("processes", "pids"),
            row("mounts", "mounts"), row("files in /") { "\($0["root"].split(separator: " ").count)" },
        ]
    }

    private func row(_ title: String, _ name: String) -> [String] { row(title) { $0[name] } }

    private func row(_ title: String, _ value: (Surroundings) -> String) -> [String] {
        [title, value(host), value(container)]
    }

    /// How many, and which if they are few.
    private static func text(_ set: CapabilitySet) -> String {
        let names = set.capabilities.map { "\($0)" }
        return names.isEmpty ? "none" : names.count > 3 ? "\(names.count)" : names.joined(separator: ", ")
    }
}
