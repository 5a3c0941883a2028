// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Foundation

/// What `/proc/PID/smaps_rollup` says of a process's memory, in bytes.
enum MemoryUse {
    /// The memory that is there, shared or not.
    static func resident(of process: String) -> Int { sum(process, ["Rss:"]) }

    /// The pages that only this process has.
    static func ownPages(of process: String) -> Int { sum(process, ["Private_Clean:", "Private_Dirty:"]) }

    /// The most memory that this process has had at a time (`VmHWM` of `/proc/self/status`).
    static var peak: Int {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }

    private static func sum(_ process: String, _ fields: Set<String>) -> Int {
        let text = (try? String(contentsOfFile: "/proc/\(process)/smaps_rollup", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").reduce(0) { total, line in
            let words = line.split(separator: " ")
            guard words.count == 3, fields.contains(String(words[0])) else { return total }
            return total + (Int(words[1]) ?? 0) * 1024
        }
    }
}
