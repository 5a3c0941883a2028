// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import FoundationEssentials
import RuntimeCore

/// What a process sees around it, by the names that the probe uses.
struct Surroundings: Sendable {
    private let values: [String: String]

    /// What the probe printed: one `name value` a line.
    init(report: String) {
        values = report.split(separator: "\n").reduce(into: [:]) { values, line in
            let parts = line.split(separator: " ", maxSplits: 1)
            if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
        }
    }

    /// What this process sees.
    static var host: Surroundings {
        let status = Surroundings.words(of: "/proc/self/status")
        func value(_ key: String) -> String { status.first { $0.first == "\(key):" }?.dropFirst().first ?? "" }
        let mapping = words(of: "/proc/self/uid_map").map { $0.joined(separator: " ") }.joined(separator: ", ")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/")) ?? []
        let memory = words(of: "/proc/meminfo").first.flatMap { $0.count > 1 ? UInt64($0[1]) : nil } ?? 0
        return Surroundings(
            report: """
                pid \(value("Pid"))
                hostname \(words(of: "/proc/sys/kernel/hostname").first?.first ?? "")
                uid \(value("Uid"))
                gid \(value("Gid"))
                uid_map \(mapping)
                capabilities \(value("CapEff"))
                bounding \(value("CapBnd"))
                no_new_privileges \(value("NoNewPrivs"))
                seccomp \(value("Seccomp"))
                root \(names.joined(separator: " "))
                memory \(memory << 10)
                pids \(words(of: "/proc/sys/kernel/pid_max").first?.first ?? "")
                mounts \(words(of: "/proc/self/mounts").count)
                """
        )
    }

    /// The words of each line of a kernel's file; nothing where it cannot be read.
    private static func words(of path: String) -> [[String]] {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map { $0.split { $0 == " " || $0 == "\t" }.map(String.init) }
    }

    subscript(name: String) -> String { values[name] ?? "" }

    /// A set of capabilities, which the kernel shows as hexadecimal digits.
    func capabilities(_ name: String) -> CapabilitySet { CapabilitySet(rawValue: UInt64(self[name], radix: 16) ?? 0) }
}
