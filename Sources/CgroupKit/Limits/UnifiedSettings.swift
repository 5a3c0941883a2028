// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Files of version 2 with their values, written as they are: the way to settings that have no field here.
public struct UnifiedSettings: Hashable, Sendable {
    /// File names with values, for example `memory.high` with `1073741824`.
    public var files: [String: String]

    /// Settings from file names and values.
    public init(files: [String: String] = [:]) { self.files = files }

    /// The writes, sorted by file name.
    ///
    /// A name is a known controller (or `cgroup` with one of the few settings that are limits), a dot, and letters,
    /// digits, dots, underscores or hyphens. Control files such as `cgroup.procs` are refused: they would move
    /// processes of the host, not set limits.
    ///
    /// - Throws: ``CgroupError``: `invalidLimit` for such a name or a value with a NUL, `unsupported` for an unknown
    ///   controller.
    public func plan() throws(CgroupError) -> [CgroupWrite] {
        var plan: [CgroupWrite] = []
        for (file, value) in files.sorted(by: { $0.key < $1.key }) {
            let field = "unified.\(file)"
            let parts = file.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, file.utf8.count <= 255,
                file.utf8.allSatisfy(Self.isAllowed)
            else { throw .invalid(field, "a file name looks like memory.high and has no slash") }
            if value.utf8.contains(0) { throw .invalid(field, "the value has a NUL") }
            if parts[0] == "cgroup" && !Self.limits.contains(file) {
                throw .invalid(field, "this file controls the group and sets no limit")
            }
            if parts[0] != "cgroup" && !Self.controllers.contains(String(parts[0])) {
                throw CgroupError(
                    .unsupported,
                    "set cgroup limit",
                    field: field,
                    hint: "no controller \(parts[0]) is known"
                )
            }
            plan.append(CgroupWrite(file, value, CgroupController(rawValue: String(parts[0])), field))
        }
        return plan
    }

    private static let controllers: Set = ["cpu", "cpuset", "memory", "io", "pids", "hugetlb", "rdma", "misc", "dmem"]
    private static let limits: Set = ["cgroup.max.depth", "cgroup.max.descendants", "cgroup.pressure"]

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
