// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// An open directory of the tree that is being made. Names given to it are single components, never followed.
final class TreeDirectory {
    let descriptor: OwnedFileDescriptor
    let identity: FileIdentity
    /// The time stamp that the directory had when it was opened.
    let modified: TarTime

    init(_ descriptor: consuming OwnedFileDescriptor) throws(LayerUnpackError) {
        do throws(SystemCallError) {
            let status = try descriptor.status()
            identity = FileIdentity(status)
            modified = TarTime(seconds: status.modified.seconds, nanoseconds: Int64(status.modified.nanoseconds))
        } catch {
            throw LayerUnpackError("look at directory", error)
        }
        self.descriptor = descriptor
    }

    /// The same directory, looked at anew.
    func reopened() throws(LayerUnpackError) -> TreeDirectory {
        let own: OwnedFileDescriptor
        do throws(SystemCallError) { own = try descriptor.duplicate() } catch {
            throw LayerUnpackError("open directory", error)
        }
        return try TreeDirectory(own)
    }

    /// Makes a call with this directory's descriptor and `name`.
    @safe @discardableResult
    private func call(
        _ step: String,
        _ call: String,
        _ name: [UInt8],
        _ body: (CInt, UnsafePointer<CChar>) -> CInt
    ) throws(LayerUnpackError) -> CInt {
        let number = descriptor.rawValue
        do throws(SystemCallError) {
            return try systemCall(call) { withCString(name) { unsafe body(number, $0) } }
        } catch {
            throw LayerUnpackError(step, error)
        }
    }

    /// Opens `path`, resolved with this directory as the root for absolute links and for `..`.
    func openInRoot(_ path: [UInt8], _ flags: CInt) throws(LayerUnpackError) -> OwnedFileDescriptor {
        let how = UInt64(UInt32(bitPattern: flags | CLINUX_O_CLOEXEC))
        let resolve = UInt64(CLINUX_RESOLVE_IN_ROOT | CLINUX_RESOLVE_NO_MAGICLINKS)
        var attempts = 0
        while true {
            do throws(LayerUnpackError) {
                return OwnedFileDescriptor(
                    takingOver: try call("resolve path", "openat2", path) {
                        unsafe clinux_openat2($0, $1, how, 0, resolve)
                    }
                )
            } catch {
                // A rename elsewhere on the machine can make the kernel give up.
                attempts += 1
                if error.errno != .resourceTemporarilyUnavailable || attempts == 128 { throw error }
            }
        }
    }

    /// Opens what is at `name`; a symbolic link is an error (`ELOOP`) unless `flags` has `O_PATH`.
    func open(_ name: [UInt8], _ flags: CInt, mode: UInt32 = 0) throws(LayerUnpackError) -> OwnedFileDescriptor {
        let all = flags | CLINUX_O_NOFOLLOW | CLINUX_O_CLOEXEC
        return OwnedFileDescriptor(
            takingOver: try call("open", "openat", name) { unsafe clinux_openat($0, $1, all, mode) }
        )
    }

    /// Opens the directory `name`.
    func directory(_ name: [UInt8]) throws(LayerUnpackError) -> TreeDirectory {
        try TreeDirectory(try open(name, CLINUX_O_RDONLY | CLINUX_O_DIRECTORY))
    }

    /// What is at `name`, or `nil`.
    func status(_ name: [UInt8]) throws(LayerUnpackError) -> FileStatus? {
        do throws(LayerUnpackError) {
            let found = try open(name, CLINUX_O_PATH)
            do throws(SystemCallError) { return try found.status() } catch {
                throw LayerUnpackError("look at file", error)
            }
        } catch {
            if error.errno == .noSuchFileOrDirectory { return nil }
            throw error
        }
    }

    func makeDirectory(_ name: [UInt8]) throws(LayerUnpackError) {
        try call("create directory", "mkdirat", name) { unsafe clinux_mkdirat($0, $1, 0o700) }
    }

    func makeFile(_ name: [UInt8]) throws(LayerUnpackError) -> OwnedFileDescriptor {
        let flags = CLINUX_O_WRONLY | CLINUX_O_CREAT | CLINUX_O_EXCL | CLINUX_O_NOFOLLOW | CLINUX_O_CLOEXEC
        return OwnedFileDescriptor(
            takingOver: try call("create file", "openat", name) { unsafe clinux_openat($0, $1, flags, 0o600) }
        )
    }

    func makeSymlink(_ name: [UInt8], target: [UInt8]) throws(LayerUnpackError) {
        try call("create symbolic link", "symlinkat", name) { directory, name in
            withCString(target) { unsafe clinux_symlinkat($0, directory, name) }
        }
    }

    /// Makes a device node or FIFO; `mode` has type and permission bits.
    func makeNode(_ name: [UInt8], mode: UInt32, device: UInt64) throws(LayerUnpackError) {
        try call("create node", "mknodat", name) { unsafe clinux_mknodat($0, $1, mode, device) }
    }

    /// Makes `name` another name of `source` in `other`, which is not followed.
    func makeLink(_ name: [UInt8], to source: [UInt8], in other: TreeDirectory) throws(LayerUnpackError) {
        let from = other.descriptor.rawValue
        try call("create hard link", "linkat", name) { directory, name in
            withCString(source) { unsafe clinux_linkat(from, $0, directory, name, 0) }
        }
    }

    /// Removes the name of anything but a directory.
    func removeFile(_ name: [UInt8]) throws(LayerUnpackError) {
        try call("remove file", "unlinkat", name) { unsafe clinux_unlinkat($0, $1, 0) }
    }

    /// Removes an empty directory.
    func removeDirectory(_ name: [UInt8]) throws(LayerUnpackError) {
        try call("remove directory", "unlinkat", name) { unsafe clinux_unlinkat($0, $1, CLINUX_AT_REMOVEDIR) }
    }

    /// Removes `name` and everything below it; mount points stop it.
    func removeTree(_ name: [UInt8]) throws(LayerUnpackError) {
        do throws(SystemCallError) {
            try RootDirectory(takingOver: try descriptor.duplicate()).removeTree(FilePath(bytes: name))
        } catch {
            throw LayerUnpackError("remove directory", error)
        }
    }

    /// The names in this directory.
    func entries() throws(LayerUnpackError) -> [DirectoryEntry] {
        do throws(SystemCallError) {
            return try RootDirectory(takingOver: try descriptor.duplicate()).entries()
        } catch {
            throw LayerUnpackError("list directory", error)
        }
    }

    func readLink(_ name: [UInt8]) throws(LayerUnpackError) -> [UInt8] {
        var target = [UInt8](repeating: 0, count: 4096)
        let count = try call("read symbolic link", "readlinkat", name) { directory, name in
            unsafe target.withUnsafeMutableBytes { bytes in
                unsafe CInt(
                    clamping: clinux_readlinkat(
                        directory,
                        name,
                        bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                        bytes.count
                    )
                )
            }
        }
        return Array(target.prefix(Int(count)))
    }

    func setOwner(_ name: [UInt8], uid: UInt32, gid: UInt32) throws(LayerUnpackError) {
        try call("set owner", "fchownat", name) { unsafe clinux_fchownat($0, $1, uid, gid, CLINUX_AT_SYMLINK_NOFOLLOW) }
    }

    /// Sets the mode of a node that was just made here and is no symbolic link.
    func setMode(_ name: [UInt8], _ mode: UInt32) throws(LayerUnpackError) {
        do throws(LayerUnpackError) {
            try call("set mode", "fchmodat2", name) {
                unsafe clinux_fchmodat2($0, $1, mode, CLINUX_AT_SYMLINK_NOFOLLOW)
            }
        } catch {
            // Linux before 6.6; what filters system calls may say EPERM.
            guard error.errno == .noFunction || error.errno == .notPermitted else { throw error }
            try call("set mode", "fchmodat", name) { unsafe clinux_fchmodat($0, $1, mode) }
        }
    }

    func setTimes(_ name: [UInt8], _ time: TarTime) throws(LayerUnpackError) {
        let times = time.accessAndModification
        try call("set times", "utimensat", name) { directory, name in
            unsafe times.span.withUnsafeBufferPointer {
                unsafe clinux_utimensat(directory, name, $0.baseAddress, CLINUX_AT_SYMLINK_NOFOLLOW)
            }
        }
    }
}

extension FileIdentity {
    init(_ status: FileStatus) {
        self.init(deviceMajor: status.device.major, deviceMinor: status.device.minor, inode: status.inode)
    }
}

extension TarTime {
    /// The argument of `utimensat(2)`.
    var accessAndModification: [2 of clinux_timespec] {
        let time = clinux_timespec(seconds: seconds, nanoseconds: nanoseconds)
        return [time, time]
    }
}
