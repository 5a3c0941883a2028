// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

package import SystemPackage

/// What a tree of files takes.
package struct TreeSpace: Hashable, Sendable {
    /// The bytes that are allocated; a file with several names is counted once.
    package var bytes: UInt64 = 0
    /// The files and directories, each counted once.
    package var inodes: UInt64 = 0
}

extension RootDirectory {
    /// Counts what the directory or file `path` takes, with everything below it on the same file system. Symbolic links
    /// are not followed. What disappears meanwhile is left out.
    package func space(of path: FilePath) throws(SystemCallError) -> TreeSpace {
        var walk = SpaceWalk()
        let status = try self.status(path)
        walk.device = status.device
        try walk.count(status, path, in: self)
        return walk.space
    }
}

/// Goes through a tree and counts.
private struct SpaceWalk {
    var space = TreeSpace()
    var device = FileStatus.Device(major: 0, minor: 0)
    /// Files with several names that were counted.
    private var seen: Set<UInt64> = []

    mutating func count(
        _ status: FileStatus,
        _ name: FilePath,
        in directory: borrowing RootDirectory
    ) throws(SystemCallError) {
        guard status.device == device else { return }
        if status.kind != .directory, status.linkCount > 1, !seen.insert(status.inode).inserted { return }
        space.bytes += status.blocks * 512
        space.inodes += 1
        guard status.kind == .directory else { return }
        let inner = try directory.directory(name, .noSymlinks)
        for entry in try inner.entries() {
            let path = FilePath(bytes: entry.name)
            do throws(SystemCallError) { try count(try inner.status(path), path, in: inner) } catch {
                if error.errno != .noSuchFileOrDirectory { throw error }
            }
        }
    }
}
