// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
package import SystemPackage

extension RootDirectory {
    /// Makes the directory `path`; its parent must exist.
    package func makeDirectory(_ path: FilePath, mode: UInt32 = 0o755) throws(SystemCallError) {
        try unsafe withParent(of: path, "mkdirat") { unsafe clinux_mkdirat($0, $1, mode) }
    }

    /// Makes the directory `path` and what is missing of its parents; an existing directory is left as it is.
    package func makeDirectories(_ path: FilePath, mode: UInt32 = 0o755) throws(SystemCallError) {
        var sofar = FilePath()
        for component in path.components {
            sofar.append(component)
            do throws(SystemCallError) {
                try makeDirectory(sofar, mode: mode)
            } catch {
                if error.errno != .fileExists && error.errno != .invalidArgument { throw error }
                _ = try open(sofar, CLINUX_O_PATH | CLINUX_O_DIRECTORY)
            }
        }
    }

    /// Gives the file `path` to a user and a group (`fchown(2)`); the last component may not be a symbolic link.
    ///
    /// - Throws: ``SystemCallError``.
    package func changeOwner(of path: FilePath, uid: UInt32, gid: UInt32) throws(SystemCallError) {
        let number = try open(path, CLINUX_O_RDONLY | CLINUX_O_NOFOLLOW | CLINUX_O_NONBLOCK)
        let descriptor = number.rawValue
        try systemCall("fchown", path: path) { clinux_fchown(descriptor, uid, gid) }
        extendLifetime(number)
    }

    /// Reads the file `path`, which must be a regular file or one of procfs, sysfs or cgroupfs.
    ///
    /// - Throws: ``SystemCallError``: `EFBIG` when it has more than `limit` bytes.
    package func readFile(
        _ path: FilePath,
        limit: Int = 1 << 20,
        _ resolution: Resolution = .inRoot
    ) throws(SystemCallError) -> [UInt8] {
        let file = try open(path, CLINUX_O_RDONLY | CLINUX_O_NONBLOCK | CLINUX_O_NOCTTY, resolution)
        do throws(SystemCallError) { return try file.readAll(limit: limit) } catch {
            throw SystemCallError(call: error.call, path: path, errno: error.errno)
        }
    }

    /// Writes to the existing file `path` with one `write(2)`, as kernel files want it.
    package func writeFile(
        _ path: FilePath,
        _ bytes: [UInt8],
        _ resolution: Resolution = .inRoot
    ) throws(SystemCallError) {
        let file = try open(path, CLINUX_O_WRONLY, resolution)
        do throws(SystemCallError) { try file.writeOnce(bytes) } catch {
            throw SystemCallError(call: error.call, path: path, errno: error.errno)
        }
    }

    /// Makes the file `path`, which must not be there.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - bytes: Its content.
    ///   - mode: Its permissions.
    ///   - flushed: Whether the content is on the device when this returns; the name is not yet.
    /// - Throws: ``SystemCallError``: `EEXIST` when there is something of this name.
    package func makeFile(
        _ path: FilePath,
        _ bytes: [UInt8],
        mode: UInt32 = 0o600,
        flushed: Bool = false
    ) throws(SystemCallError) {
        let file = try open(
            path,
            CLINUX_O_WRONLY | CLINUX_O_CREAT | CLINUX_O_EXCL | CLINUX_O_NOFOLLOW,
            mode: mode,
            .noSymlinks
        )
        try file.ensure(mode)
        try file.write(bytes)
        if flushed { try file.synchronize() }
    }

    /// Replaces the file `path` by a rename: temporary file, `fsync`, rename, `fsync` of the directory.
    ///
    /// A process killed at any point leaves the old content or the new one, and at most a file named `.NAME.tmp`,
    /// which the next call overwrites.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - bytes: Its new content.
    ///   - mode: Its permissions.
    ///   - flushed: Whether that holds for a machine that loses power too. What means nothing after the next boot does
    ///     not need it, and a flush costs milliseconds.
    /// - Throws: ``SystemCallError``; the old content is still there then.
    package func replaceFile(
        _ path: FilePath,
        _ bytes: [UInt8],
        mode: UInt32 = 0o600,
        flushed: Bool = true
    ) throws(SystemCallError) {
        let parent = try parent(of: path, .noSymlinks)
        let name = parent.name
        let temporary = FilePath(bytes: [UInt8(ascii: ".")] + name.bytes + Array(".tmp".utf8))
        do throws(SystemCallError) { try parent.directory.removeFile(temporary) } catch {
            if error.errno != .noSuchFileOrDirectory { throw error }
        }
        let file = try parent.directory.open(
            temporary,
            CLINUX_O_WRONLY | CLINUX_O_CREAT | CLINUX_O_EXCL | CLINUX_O_NOFOLLOW,
            mode: mode,
            .noSymlinks
        )
        try file.ensure(mode)
        try file.write(bytes)
        if flushed { try file.synchronize() }
        try parent.directory.rename(temporary, to: name)
        if flushed { try parent.directory.descriptor.synchronize() }
    }

    /// Renames within this directory, replacing what is at `to`.
    package func rename(_ from: FilePath, to: FilePath, flags: UInt32 = 0) throws(SystemCallError) {
        try rename(from, to: to, in: self, flags: flags)
    }

    /// Renames into another directory.
    package func rename(
        _ from: FilePath,
        to: FilePath,
        in other: borrowing RootDirectory,
        flags: UInt32 = 0
    ) throws(SystemCallError) {
        try withParent(of: from, .noSymlinks) { (source, old) throws(SystemCallError) in
            try other.withParent(of: to, .noSymlinks) { (target, new) throws(SystemCallError) in
                try systemCall("renameat2", path: from) {
                    old.withCString { old in
                        new.withCString { new in unsafe clinux_renameat2(source, old, target, new, flags) }
                    }
                }
            }
        }
    }

    /// Removes the file, link or node `path`; the last component is never followed.
    package func removeFile(_ path: FilePath) throws(SystemCallError) {
        try unsafe withParent(of: path, "unlinkat") { unsafe clinux_unlinkat($0, $1, 0) }
    }

    /// Removes the empty directory `path`.
    package func removeDirectory(_ path: FilePath) throws(SystemCallError) {
        try unsafe withParent(of: path, "unlinkat") { unsafe clinux_unlinkat($0, $1, CLINUX_AT_REMOVEDIR) }
    }

    /// Makes the symbolic link `path` with the text `target`.
    package func makeSymlink(_ path: FilePath, target: [UInt8]) throws(SystemCallError) {
        try unsafe withParent(of: path, "symlinkat") { directory, name in
            LinuxSystem.withCString(target) { unsafe clinux_symlinkat($0, directory, name) }
        }
    }

    /// The text of the symbolic link `path`; `nil` when there is nothing of this name.
    ///
    /// - Throws: ``SystemCallError``: `EINVAL` when it is no symbolic link.
    package func readLink(_ path: FilePath) throws(SystemCallError) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        var count = 0
        do throws(SystemCallError) {
            let link = try open(path, CLINUX_O_PATH | CLINUX_O_NOFOLLOW)
            let number = link.rawValue
            count = try systemCall("readlinkat", path: path) {
                unsafe buffer.withUnsafeMutableBytes {
                    unsafe clinux_readlinkat(
                        number,
                        "",
                        $0.baseAddress?.assumingMemoryBound(to: CChar.self),
                        $0.count
                    )
                }
            }
        } catch {
            if error.errno == .noSuchFileOrDirectory { return nil }
            throw error
        }
        return Array(buffer.prefix(count))
    }

    /// What `path` is; the last component is not followed.
    package func status(_ path: FilePath) throws(SystemCallError) -> FileStatus {
        try open(path, CLINUX_O_PATH | CLINUX_O_NOFOLLOW).status()
    }

    private func withParent(
        of path: FilePath,
        _ call: String,
        _ body: (CInt, UnsafePointer<CChar>) -> CInt
    ) throws(SystemCallError) {
        try withParent(of: path, .inRoot) { (number, name) throws(SystemCallError) in
            try systemCall(call, path: path) { name.withCString { unsafe body(number, $0) } }
        }
    }

    /// Runs `body` with the descriptor of the parent of `path` and the last component. This directory itself is not
    /// opened again.
    private func withParent(
        of path: FilePath,
        _ resolution: Resolution,
        _ body: (CInt, FilePath) throws(SystemCallError) -> Void
    ) throws(SystemCallError) {
        if path.isName { return try body(descriptor.rawValue, path) }
        let parent = try parent(of: path, resolution)
        try body(parent.directory.descriptor.rawValue, parent.name)
    }
}

extension OwnedFileDescriptor {
    /// Gives a new file the permissions that its maker's umask may have taken away.
    fileprivate func ensure(_ mode: UInt32) throws(SystemCallError) {
        if mode & 0o077 == 0 { return }
        let number = rawValue
        try systemCall("fchmod") { clinux_fchmod(number, mode) }
    }
}
