// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import SystemPackage

extension CgroupPath {
    /// The place that a configuration asks for.
    ///
    /// - Parameters:
    ///   - configured: OCI's `cgroupsPath` as bytes: absolute (below the hierarchy's mount point), relative (below
    ///     `parent`), or `nil` or empty for `name` below `parent`.
    ///   - name: The group's name when none is configured, usually the container's id.
    ///   - parent: Where relative names are placed.
    ///   - layout: The machine's hierarchies.
    /// - Returns: The checked path.
    /// - Throws: ``CgroupError``: `invalidPath`; `unsupported` for systemd's form `slice:prefix:name`, and for
    ///   ``CgroupParent/caller`` when the caller's group differs between hierarchies or is not mounted.
    public static func resolve(
        _ configured: [UInt8]?,
        name: [UInt8],
        parent: CgroupParent,
        layout: CgroupLayout
    ) throws(CgroupError) -> CgroupPath {
        let wanted = configured.flatMap { $0.isEmpty ? nil : $0 } ?? name
        if wanted.first == UInt8(ascii: "/") { return try CgroupPath(bytes: wanted) }
        let fields = wanted.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        if configured?.isEmpty == false && fields.count == 3 && !wanted.contains(UInt8(ascii: "/")) {
            throw CgroupError(
                .unsupported,
                "use cgroup path",
                path: FilePath(String(decoding: wanted, as: UTF8.self)),
                hint: "slice:prefix:name needs the systemd driver, which is not available yet"
            )
        }
        switch parent {
        case .group(let group): return try group.appending(bytes: wanted)
        case .caller: return try layout.callerGroup.appending(bytes: wanted)
        }
    }
}

extension CgroupLayout {
    /// The group that the calling process is in.
    ///
    /// - Throws: ``CgroupError``: `unsupported` when it differs between hierarchies or is outside of what is mounted.
    public var callerGroup: CgroupPath {
        get throws(CgroupError) {
            let memberships = try memberships(of: "self")
            var result: CgroupPath?
            for hierarchy in hierarchies where kind == .unified || !hierarchy.controllers.isEmpty {
                guard let shown = memberships.first(where: hierarchy.matches)?.path,
                    let path = hierarchy.path(shownAs: shown)
                else {
                    throw CgroupError(
                        .unsupported,
                        "find the caller's cgroup",
                        path: hierarchy.mountPoint,
                        hint: "the caller's group is outside of the mounted hierarchy; give an absolute path"
                    )
                }
                if let result, result != path {
                    throw CgroupError(
                        .unsupported,
                        "find the caller's cgroup",
                        path: hierarchy.mountPoint,
                        hint: "the caller is in \(result) and in \(path); give an absolute path"
                    )
                }
                result = path
            }
            return result ?? .root
        }
    }
}
