// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
package import SystemPackage

/// One name in a directory.
package struct DirectoryEntry: Hashable, Sendable {
    /// The name's bytes.
    package let name: [UInt8]
    /// What it is, `unknown` where the file system does not say.
    package let kind: FileStatus.Kind
}

extension RootDirectory {
    /// The names in this directory without `.` and `..`, in the file system's order.
    package func entries() throws(SystemCallError) -> [DirectoryEntry] {
        let reader = try open(".", CLINUX_O_RDONLY | CLINUX_O_DIRECTORY)
        let number = reader.rawValue
        var entries: [DirectoryEntry] = []
        var buffer = [UInt8](repeating: 0, count: 32_768)
        while true {
            let count = try systemCall("getdents64") {
                unsafe buffer.withUnsafeMutableBytes { unsafe clinux_getdents64(number, $0.baseAddress, $0.count) }
            }
            if count == 0 { return entries }
            Self.parse(buffer[0..<count], into: &entries)
        }
    }

    /// Reads `struct linux_dirent64` records: inode (8), offset (8), length (2), type (1), name.
    private static func parse(_ records: ArraySlice<UInt8>, into entries: inout [DirectoryEntry]) {
        var rest = records
        while rest.count > 19 {
            let start = rest.startIndex
            let length = Int(rest[start + 16]) | Int(rest[start + 17]) << 8
            guard length > 19, length <= rest.count else { return }
            let name = Array(rest[(start + 19)..<(start + length)].prefix { $0 != 0 })
            if name != [UInt8(ascii: ".")] && name != Array("..".utf8) {
                entries.append(DirectoryEntry(name: name, kind: .init(directoryEntryType: rest[start + 18])))
            }
            rest = rest.dropFirst(length)
        }
    }

    /// Removes the directory or file `path` with everything below it, by descriptor and without following links.
    ///
    /// Stops at mount points (`EBUSY`). A path that does not exist is already removed. However deep the tree is, no more
    /// than 40 descriptors are open at once: what is deeper is moved to the top of the tree first.
    package func removeTree(_ path: FilePath) throws(SystemCallError) {
        guard try removeUnlessDirectory(path) else { return }
        let flags = CLINUX_O_RDONLY | CLINUX_O_DIRECTORY | CLINUX_O_NOFOLLOW
        let top = RootDirectory(takingOver: try open(path, flags))
        while try top.removeContents(depth: 0, movingTo: top) {}
        try removeDirectory(path)
    }

    /// Whether `path` is a directory; anything else is removed.
    private func removeUnlessDirectory(_ path: FilePath) throws(SystemCallError) -> Bool {
        do throws(SystemCallError) {
            try removeFile(path)
            return false
        } catch {
            switch error.errno {
            case .noSuchFileOrDirectory: return false
            case .isDirectory, .notPermitted: return true
            default: throw error
            }
        }
    }

    /// Removes what is in this directory; what is too deep is moved to `top`.
    ///
    /// - Returns: Whether something was moved.
    private func removeContents(
        depth: Int,
        movingTo top: borrowing RootDirectory
    ) throws(SystemCallError) -> Bool {
        var hasMoved = false
        for entry in try entries() {
            let name = FilePath(bytes: entry.name)
            if entry.kind != .directory, try !removeUnlessDirectory(name) { continue }
            do throws(SystemCallError) {
                try removeDirectory(name)
                continue
            } catch {
                switch error.errno {
                case .noSuchFileOrDirectory: continue
                case .directoryNotEmpty, .fileExists: break
                default: throw error
                }
            }
            if depth == 32, try move(name, to: top) {
                hasMoved = true
                continue
            }
            let flags = CLINUX_O_RDONLY | CLINUX_O_DIRECTORY | CLINUX_O_NOFOLLOW
            let inner = RootDirectory(takingOver: try open(name, flags))
            if try inner.removeContents(depth: depth + 1, movingTo: top) { hasMoved = true }
            try removeDirectory(name)
        }
        return hasMoved
    }

    /// Moves the directory `name` to a name in `top` that nobody has.
    ///
    /// - Returns: Whether it was moved; a file system that does not move it there (`EXDEV`) is no error.
    private func move(_ name: FilePath, to top: borrowing RootDirectory) throws(SystemCallError) -> Bool {
        while true {
            let new = FilePath(".deep-\(String(UInt64.random(in: .min ... .max), radix: 36))")
            do throws(SystemCallError) {
                try rename(name, to: new, in: top, flags: UInt32(CLINUX_RENAME_NOREPLACE))
                return true
            } catch {
                if error.errno == .improperLink { return false }
                if error.errno != .fileExists { throw error }
            }
        }
    }
}

extension FileStatus.Kind {
    init(directoryEntryType type: UInt8) { self.init(mode: UInt32(type) << 12) }
}
