// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A file that is another one, or is not there, in a later state of a tree.
public struct TreeChange: Hashable, Sendable {
    /// What happened to it.
    public enum Kind: Hashable, Sendable {
        /// It is new.
        case added
        /// It has other content, metadata or links, or is of another type; a directory also when something in it changed.
        case modified
        /// It is gone, with everything that was in it.
        case deleted
    }

    /// What happened to it.
    public let kind: Kind
    /// The bytes of its path below the tree's root, without a slash before or after it; empty for the root itself.
    public let path: [UInt8]

    /// A change.
    ///
    /// - Parameters:
    ///   - kind: What happened.
    ///   - path: The bytes of the path, without a slash before or after it.
    public init(_ kind: Kind, _ path: [UInt8]) {
        self.kind = kind
        self.path = path
    }

    /// The path of `name` in the directory `path`.
    static func path(_ path: [UInt8], _ name: [UInt8]) -> [UInt8] {
        path.isEmpty ? name : path + [UInt8(ascii: "/")] + name
    }

    /// The directory that a path is in, and the last component.
    static func split(_ path: [UInt8]) -> (parent: [UInt8], name: [UInt8]) {
        guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return ([], path) }
        return (Array(path[..<slash]), Array(path[(slash + 1)...]))
    }

    /// Sorts changes so that what is in a directory follows it, by name.
    static func sorted(_ changes: [TreeChange]) -> [TreeChange] {
        // No name has a NUL byte: it sorts before all others.
        let keyed = changes.map { change in (change, change.path.map { $0 == UInt8(ascii: "/") ? 0 : $0 }) }
        return keyed.sorted { $0.1.lexicographicallyPrecedes($1.1) }.map { $0.0 }
    }
}
