// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Foundation
import TestSupport
import Testing

extension SkiffStore {
    /// Expects that containers have left nothing: no file, mount, process or control group.
    func expectNothingLeft(sourceLocation: SourceLocation = #_sourceLocation) throws {
        // A supervisor that has just removed its container is about to exit.
        for _ in 0..<100 where try !processes().isEmpty { usleep(20_000) }
        #expect(try processes() == [], sourceLocation: sourceLocation)
        for name in ["containers", "state", "names"] {
            let left = (try? FileManager.default.contentsOfDirectory(atPath: "\(store)/\(name)")) ?? []
            #expect(left.filter { !$0.hasPrefix(".") } == [], "in \(name)", sourceLocation: sourceLocation)
        }
        let mounts = try String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)
        #expect(!mounts.contains(path), sourceLocation: sourceLocation)
        let groups = Self.groups(below: cgroup).filter { !$0.hasSuffix(cgroup) }
        #expect(groups == [], sourceLocation: sourceLocation)
    }

    /// The processes that this store is an argument of.
    private func processes() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { $0.allSatisfy(\.isNumber) }.compactMap {
            let line = try? String(contentsOfFile: "/proc/\($0)/cmdline", encoding: .utf8)
            return line?.contains(store) == true ? line : nil
        }
    }

    /// The control groups `path` and below it, in every hierarchy, the deepest first.
    static func groups(below path: String) -> [String] {
        let tops = (try? FileManager.default.contentsOfDirectory(atPath: "/sys/fs/cgroup")) ?? []
        var found: [String] = []
        for top in ["/sys/fs/cgroup"] + tops.map({ "/sys/fs/cgroup/\($0)" }) {
            guard FileManager.default.fileExists(atPath: top + path) else { continue }
            let result = try? Command.run(["find", top + path, "-depth", "-type", "d"])
            found += result?.output.split(separator: "\n").map(String.init) ?? []
        }
        return found
    }
}
