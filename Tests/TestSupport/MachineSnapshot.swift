// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Foundation

/// How much of what can be left behind there is: by this process, in directories, and, when nothing else runs, on the machine.
package struct MachineSnapshot: CustomStringConvertible, Sendable {
    /// How much there is of each kind.
    package let counts: [String: Int]
    /// Memory of this process that is no file's, in KiB.
    package let memory: Int

    /// Looks.
    ///
    /// - Parameter directories: Directories whose entries are counted, with all below them.
    package init(of directories: [String]) {
        var counts = Self.ofProcess
        let mounts = Self.text("/proc/self/mountinfo").split(separator: "\n")
        for directory in directories {
            counts["entries of \(directory)"] = Self.entries(below: directory).count
            counts["mounts of \(directory)"] = mounts.count { $0.contains(directory) }
        }
        if Churn.isWhole { counts["mounts"] = mounts.count }
        if Churn.isWhole { counts.merge(Self.ofMachine) { one, _ in one } }
        self.counts = counts
        memory = Self.memory
    }

    /// Looks again until there is no more than there was, for half a minute at most: the kernel takes some things apart later.
    ///
    /// - Parameter directories: Directories whose entries are counted.
    /// - Returns: What there is more of.
    package func growth(_ directories: [String]) -> [String] {
        var found: [String] = []
        let end = Date().addingTimeInterval(30)
        repeat {
            let now = MachineSnapshot(of: directories)
            found = now.counts.compactMap { name, count in
                let before = counts[name] ?? 0
                return count > before ? "\(name): \(before), then \(count)" : nil
            }
            if found.isEmpty { return [] }
            usleep(100_000)
        } while Date() < end
        return found.sorted()
    }

    package var description: String {
        (counts.map { "\($0.key) \($0.value)" }.sorted() + ["memory \(memory) KiB"]).joined(separator: ", ")
    }

    private static var ofProcess: [String: Int] {
        let children = text("/proc/self/task/\(getpid())/children").split(separator: " ")
        let zombies = children.filter { text("/proc/\($0)/stat").contains(") Z ") }
        return [
            "descriptors": entries("/proc/self/fd").count,
            "threads": entries("/proc/self/task").count,
            "zombies": zombies.count,
        ]
    }

    private static var ofMachine: [String: Int] {
        var namespaces: Set<String> = []
        for process in entries("/proc") where Int(process) != nil {
            for kind in entries("/proc/\(process)/ns") {
                let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/ns/\(kind)")
                if let link { namespaces.insert(link) }
            }
        }
        // The keys that count against users' quotas, root's and others'.
        let keys = text("/proc/key-users").split(separator: "\n").compactMap { line in
            line.split(separator: " ").dropFirst(2).first?.split(separator: "/").first.flatMap { Int($0) }
        }
        return [
            "control groups": controlGroups,
            "namespaces": namespaces.count,
            "keys": keys.reduce(0, +),
            "network devices": text("/proc/net/dev").split(separator: "\n").count,
            // The kernel's own come and go, and have no program.
            "programs": entries("/proc").filter {
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\($0)/exe")) != nil
            }.count,
        ]
    }

    /// In every hierarchy; a list does not go on below a mount.
    private static var controlGroups: Int {
        let tops = entries("/sys/fs/cgroup").map { "/sys/fs/cgroup/\($0)" } + ["/sys/fs/cgroup"]
        return tops.map { top in entries(below: top).count { $0.hasSuffix("cgroup.procs") } }.reduce(0, +)
    }

    private static var memory: Int {
        let line = text("/proc/self/status").split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
    }

    private static func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

    private static func entries(_ path: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    }

    private static func entries(below path: String) -> [String] {
        FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    }
}
