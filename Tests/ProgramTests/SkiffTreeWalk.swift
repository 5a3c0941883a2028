// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Glibc
import LinuxSystem
import SystemPackage
import TestSupport

/// Everything below a directory, as text that can be compared: type, mode, owner, times, links, nodes and attributes.
enum TreeWalk {
    /// One line for each path, by path; the names are escaped, since they are bytes.
    static func lines(_ top: String) throws -> [String: String] {
        var walk = Walk()
        try walk.visit(FilePath(top), name: ".")
        // Hard links are told by the first of their names.
        for names in walk.names.values where names.count > 1 {
            let sorted = names.sorted()
            for name in sorted { walk.lines[name, default: ""] += " = \(sorted[0])" }
        }
        return walk.lines
    }

    private struct Identity: Hashable {
        let device: UInt
        let number: UInt
    }

    private struct Walk {
        var lines: [String: String] = [:]
        var names: [Identity: [String]] = [:]

        mutating func visit(_ path: FilePath, name: String) throws {
            var status = stat()
            guard unsafe path.withPlatformString({ unsafe lstat($0, &status) }) == 0 else {
                throw SystemCallError(call: "lstat", path: path, errno: Errno(rawValue: errno))
            }
            let kind = status.st_mode & S_IFMT
            var line = "\(String(status.st_mode, radix: 8)) \(status.st_uid):\(status.st_gid)"
            line += " \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
            if kind == S_IFREG { line += " \(status.st_size) bytes" }
            if kind == S_IFCHR || kind == S_IFBLK { line += " node \(status.st_rdev)" }
            if kind == S_IFLNK {
                let target = try RootDirectory(at: path.removingLastComponent()).readLink(path.lastPart)
                line += " -> \(Self.escaped(target ?? []))"
            }
            for (key, value) in try ExtendedAttribute.all(at: path) { line += " \(key)=\(Self.escaped(value))" }
            lines[name] = line
            if kind != S_IFDIR {
                names[Identity(device: status.st_dev, number: status.st_ino), default: []].append(name)
                return
            }
            for entry in try RootDirectory(at: path).entries() {
                try visit(path.appending(FilePath(bytes: entry.name)), name: "\(name)/\(Self.escaped(entry.name))")
            }
        }

        private static func escaped(_ bytes: some Sequence<UInt8>) -> String {
            bytes.reduce(into: "") { text, byte in
                text += (33...126).contains(byte) ? String(UnicodeScalar(byte)) : "\\\(byte)"
            }
        }
    }
}

extension FilePath {
    /// The last component alone, as a path.
    fileprivate var lastPart: FilePath {
        var part = FilePath()
        if let last = lastComponent { part.append(last) }
        return part
    }

    fileprivate func appending(_ name: FilePath) -> FilePath { appending(name.components) }
}
