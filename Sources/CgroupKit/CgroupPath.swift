// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
public import SystemPackage

/// The place of a group in the hierarchies: a list of names below the root, the same in every hierarchy.
///
/// A value of this type is safe to append to a hierarchy's mount point: it has no `..`, no `.`, no empty name, no NUL
/// and no line feed, and it is not longer than the kernel accepts.
public struct CgroupPath: Hashable, Sendable, CustomStringConvertible {
    /// The path as an absolute path in the hierarchy, for example `/skiff/web`; `/` is the root group.
    public let filePath: FilePath
    /// The same from the root group on; empty for the root group itself.
    let relative: FilePath

    /// The root group.
    public static let root = CgroupPath(checked: "/")

    private init(checked filePath: FilePath) {
        self.filePath = filePath
        relative = FilePath(bytes: filePath.bytes.dropFirst())
    }

    /// Checks an absolute path given as bytes.
    ///
    /// - Parameter bytes: `/` and names of at most 255 bytes separated by single slashes; at most 4095 bytes.
    ///   One slash at the end is accepted.
    /// - Throws: ``CgroupError``: `invalidPath`, naming the rule that was broken.
    public init(bytes: [UInt8]) throws(CgroupError) {
        guard bytes.first == UInt8(ascii: "/") else { throw Self.invalid(bytes, "the path is not absolute") }
        if bytes.count > 4095 { throw Self.invalid(bytes, "the path is longer than 4095 bytes") }
        var names = bytes.dropFirst()
        if names.last == UInt8(ascii: "/") { names = names.dropLast() }
        if names.isEmpty {
            if bytes.count > 1 { throw Self.invalid(bytes, "a name is empty") }
            self = .root
            return
        }
        for name in names.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            try Self.check(name, of: bytes)
        }
        self.init(checked: FilePath(bytes: [UInt8(ascii: "/")] + names))
    }

    /// Checks an absolute path.
    ///
    /// - Throws: ``CgroupError``: `invalidPath`.
    public init(_ path: FilePath) throws(CgroupError) { try self.init(bytes: path.bytes) }

    /// The group `path` (relative, one or more names) below this one.
    ///
    /// - Throws: ``CgroupError``: `invalidPath`.
    public func appending(bytes path: [UInt8]) throws(CgroupError) -> CgroupPath {
        if path.isEmpty { throw Self.invalid(path, "a name is empty") }
        if path.first == UInt8(ascii: "/") { throw Self.invalid(path, "the path is not relative") }
        let prefix = self == .root ? [] : filePath.bytes
        return try CgroupPath(bytes: prefix + [UInt8(ascii: "/")] + path)
    }

    /// The names from the root down; empty for the root group.
    public var names: [FilePath] { filePath.components.map { FilePath(root: nil, CollectionOfOne($0)) } }

    /// The path as text, for messages.
    public var description: String { filePath.string }

    private static func check(_ name: ArraySlice<UInt8>, of path: [UInt8]) throws(CgroupError) {
        let dot = UInt8(ascii: ".")
        if name.isEmpty { throw invalid(path, "a name is empty") }
        if name.count > 255 { throw invalid(path, "a name is longer than 255 bytes") }
        if name.elementsEqual([dot]) || name.elementsEqual([dot, dot]) { throw invalid(path, "a name is . or ..") }
        if name.contains(where: { $0 < 0x20 || $0 == 0x7f }) { throw invalid(path, "a name has a control character") }
    }

    private static func invalid(_ path: [UInt8], _ rule: String) -> CgroupError {
        CgroupError(.invalidPath, "use cgroup path", path: FilePath(bytes: path), hint: rule)
    }
}
