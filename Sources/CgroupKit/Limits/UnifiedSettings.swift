// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Files of version 2 with their values, written as they are: the way to settings that have no field here.
public struct UnifiedSettings: Hashable, Sendable {
    /// File names with values, for example `memory.high` with `1073741824`.
    public var files: [String: String]

    /// Settings from file names and values.
    public init(files: [String: String] = [:]) { self.files = files }

    /// The writes, sorted by file name; a value of several lines is written line by line, as the kernel takes one line
    /// at a time.
    ///
    /// A name is a controller's or `cgroup`, a dot, and letters, digits, dots, underscores or hyphens. Whether the
    /// controller and the file exist is for the kernel to say. Files that move, stop, kill or retype processes and
    /// groups, such as `cgroup.procs`, are refused: they set no limit.
    ///
    /// - Throws: ``CgroupError``: `invalidLimit` for such a name or a value with a NUL.
    /// - SeeAlso: OCI runtime-spec 1.3, config-linux.md, "Unified".
    public func plan() throws(CgroupError) -> [CgroupWrite] {
        var plan: [CgroupWrite] = []
        for (file, value) in files.sorted(by: { $0.key < $1.key }) {
            let field = "unified.\(file)"
            let parts = file.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, file.utf8.count <= 255,
                file.utf8.allSatisfy(Self.isAllowed)
            else {
                throw .invalid(field, "it must be a file name in the form CONTROLLER.PARAMETER (no slashes)")
            }
            if value.utf8.contains(0) { throw .invalid(field, "the value has a NUL") }
            if Self.controls.contains(file) { throw .invalid(field, "this file controls the group and sets no limit") }
            let controller = CgroupController(rawValue: String(parts[0]))
            let lines = value.split(separator: "\n").map { String($0) }
            plan += (lines.isEmpty ? ["\n"] : lines).map { CgroupWrite(file, $0, controller, field) }
        }
        return plan
    }

    private static let controls: Set = [
        "cgroup.procs", "cgroup.threads", "cgroup.kill", "cgroup.freeze", "cgroup.type", "cgroup.subtree_control",
    ]

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
