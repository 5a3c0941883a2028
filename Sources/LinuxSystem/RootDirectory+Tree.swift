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
    /// Stops at mount points (`EBUSY`). A path that does not exist is already removed.
    package func removeTree(_ path: FilePath) throws(SystemCallError) {
        do throws(SystemCallError) {
            try removeFile(path)
            return
        } catch {
            switch error.errno {
            case .noSuchFileOrDirectory: return
            case .isDirectory, .notPermitted: break
            default: throw error
            }
        }
        try removeContents(of: path)
        try removeDirectory(path)
    }

    private func removeContents(of path: FilePath) throws(SystemCallError) {
        let inner = RootDirectory(
            takingOver: try open(path, CLINUX_O_RDONLY | CLINUX_O_DIRECTORY | CLINUX_O_NOFOLLOW)
        )
        for entry in try inner.entries() { try inner.removeTree(FilePath(bytes: entry.name)) }
    }
}

extension FileStatus.Kind {
    init(directoryEntryType type: UInt8) { self.init(mode: UInt32(type) << 12) }
}
