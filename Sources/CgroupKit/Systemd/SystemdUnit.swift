// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import SystemPackage

/// The unit of a container in systemd's tree, and the slice that it is in.
///
/// - SeeAlso: systemd.slice(5), systemd.scope(5); runc, docs/systemd.md.
public struct SystemdUnit: Hashable, Sendable {
    /// The slice, for example `machine-web.slice`; `-.slice` is the root.
    public let slice: String
    /// The unit, for example `libpod-1234.scope`.
    public let name: String

    /// The unit that a configuration asks for.
    ///
    /// - Parameters:
    ///   - configured: OCI's `cgroupsPath` as bytes in the form `slice:prefix:name`, which is the scope
    ///     `prefix-name.scope` in `slice`; `nil` or empty for `:skiff:` and `name`.
    ///   - name: What the unit is called when nothing is configured, usually the container's id.
    ///   - defaultSlice: The slice for an empty one: `system.slice`, or `user.slice` of a user's own manager.
    /// - Throws: ``CgroupError``: `invalidPath` for another form and for names that systemd does not take;
    ///   `unsupported` for a name that ends in `.slice`, as a slice holds no process.
    public init(_ configured: [UInt8]?, name: String, defaultSlice: String) throws(CgroupError) {
        let text = configured.map { String(decoding: $0, as: UTF8.self) } ?? ""
        let fields = (text.isEmpty ? ":skiff:\(name)" : text).split(separator: ":", omittingEmptySubsequences: false)
        guard fields.count == 3 else {
            throw Self.invalid(
                text,
                "expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups"
            )
        }
        if fields[2].hasSuffix(".slice") {
            throw CgroupError(
                .unsupported,
                "use cgroup path",
                path: FilePath(text),
                hint: "a container is a scope; a slice holds no process"
            )
        }
        slice = fields[0].isEmpty ? defaultSlice : fields[0] == "-" ? "-.slice" : String(fields[0])
        self.name = "\(fields[1])-\(fields[2]).scope"
        guard !fields[2].isEmpty, self.name.utf8.count <= 255, self.name.utf8.allSatisfy(Self.isAllowed) else {
            throw Self.invalid(text, "a unit's name has letters, digits, and : - _ . \\ @, at most 255 in all")
        }
        _ = try Self.expand(slice)
    }

    /// Where the unit's control group is, below the group of the manager.
    public var path: CgroupPath {
        get throws(CgroupError) {
            let above = try Self.expand(slice)
            return try CgroupPath(bytes: Array("\(above)/\(name)".utf8))
        }
    }

    /// Where the unit's control group is on this machine.
    ///
    /// - Parameters:
    ///   - controlGroup: The group that the manager's units are below, as it says itself.
    ///   - layout: The machine's hierarchies.
    /// - Returns: The path below the hierarchies' mount points.
    /// - Throws: ``CgroupError``: `invalidPath`; `unsupported` when the group is outside of what is mounted here.
    public func path(below controlGroup: String, layout: CgroupLayout) throws(CgroupError) -> CgroupPath {
        let own = try path
        let shown = FilePath(controlGroup.isEmpty ? "/" : controlGroup).appending(own.filePath.components)
        guard let hierarchy = layout.unified ?? layout.hierarchies.first, let path = hierarchy.path(shownAs: shown)
        else {
            throw CgroupError(
                .unsupported,
                "find the cgroup of systemd unit \(name)",
                path: shown,
                hint: "it is outside of the mounted hierarchy"
            )
        }
        return path
    }

    /// The groups that a slice is made of: dashes in its name part the levels, so `a-b.slice` is
    /// `/a.slice/a-b.slice`. The root slice is empty.
    static func expand(_ slice: String) throws(CgroupError) -> String {
        if slice == "-.slice" { return "" }
        guard slice.hasSuffix(".slice"), slice.utf8.count <= 255, slice.utf8.allSatisfy(isAllowed) else {
            throw invalid(slice, "a slice's name ends in .slice and has no slash")
        }
        var path = ""
        var prefix = ""
        for component in slice.dropLast(6).split(separator: "-", omittingEmptySubsequences: false) {
            if component.isEmpty { throw invalid(slice, "a slice's name has no empty part between dashes") }
            path += "/\(prefix)\(component).slice"
            prefix += "\(component)-"
        }
        return path
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: Array(":-_.\\@".utf8).contains(byte)
        }
    }

    private static func invalid(_ text: String, _ rule: String) -> CgroupError {
        CgroupError(.invalidPath, "use cgroup path", path: FilePath(text), hint: rule)
    }
}
