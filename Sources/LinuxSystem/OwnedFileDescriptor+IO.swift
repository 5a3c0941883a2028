// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
package import SystemPackage

extension OwnedFileDescriptor {
    /// Opens `path` as `openat(2)` does from the current directory; close-on-exec is always added.
    ///
    /// For host paths that the caller chose. Paths below a container's root go through ``RootDirectory``.
    package static func open(
        _ path: FilePath,
        _ flags: CInt,
        mode: UInt32 = 0
    ) throws(SystemCallError) -> OwnedFileDescriptor {
        let number = try systemCall("openat", path: path) {
            path.withCString { unsafe clinux_openat(CLINUX_AT_FDCWD, $0, flags | CLINUX_O_CLOEXEC, mode) }
        }
        return OwnedFileDescriptor(takingOver: number)
    }

    /// Makes an anonymous file in memory that accepts seals.
    ///
    /// - Parameters:
    ///   - name: What `/proc/self/fd` shows.
    ///   - executable: Whether the file may be executed (`MFD_EXEC`; kernels before 6.3 do not know the flag and get a
    ///     plain file, which is executable there).
    /// - Returns: The file, empty.
    /// - Throws: ``SystemCallError`` (`memfd_create`).
    package static func memory(name: String, executable: Bool = false) throws(SystemCallError) -> OwnedFileDescriptor {
        let base = UInt32(CLINUX_MFD_CLOEXEC | CLINUX_MFD_ALLOW_SEALING)
        let bytes = Array(name.utf8)
        if executable {
            let result = withCString(bytes) { unsafe clinux_memfd_create($0, base | UInt32(CLINUX_MFD_EXEC)) }
            if result >= 0 { return OwnedFileDescriptor(takingOver: result) }
            if result != -CLINUX_EINVAL {
                throw SystemCallError(call: "memfd_create", errno: Errno(rawValue: -result))
            }
        }
        return OwnedFileDescriptor(
            takingOver: try systemCall("memfd_create") { withCString(bytes) { unsafe clinux_memfd_create($0, base) } }
        )
    }

    /// Adds `F_SEAL_SEAL`, `F_SEAL_SHRINK`, `F_SEAL_GROW` and `F_SEAL_WRITE`: the content is final.
    package func seal() throws(SystemCallError) {
        let number = rawValue
        let seals = CLINUX_F_SEAL_SEAL | CLINUX_F_SEAL_SHRINK | CLINUX_F_SEAL_GROW | CLINUX_F_SEAL_WRITE
        try systemCall("fcntl") { clinux_fcntl(number, CLINUX_F_ADD_SEALS, Int(seals)) }
    }

    /// Makes a pipe: what is written to `writing` is read from `reading`.
    package static func pipe() throws(SystemCallError) -> Pipe {
        var numbers: [2 of CInt] = [-1, -1]
        try systemCall("pipe2") {
            var span = numbers.mutableSpan
            return unsafe span.withUnsafeMutableBufferPointer { unsafe clinux_pipe2($0.baseAddress, CLINUX_O_CLOEXEC) }
        }
        return Pipe(
            reading: OwnedFileDescriptor(takingOver: numbers[0]),
            writing: OwnedFileDescriptor(takingOver: numbers[1])
        )
    }

    /// The two ends of a pipe.
    package struct Pipe: ~Copyable, Sendable {
        package let reading: OwnedFileDescriptor
        package let writing: OwnedFileDescriptor

        /// The ends as descriptors that can be handed on and let go one by one.
        package consuming func shared() -> SharedEnds {
            SharedEnds(reading: SharedDescriptor(reading), writing: SharedDescriptor(writing))
        }
    }

    /// The two ends of a pipe, each with any number of holders.
    package struct SharedEnds: Sendable {
        package let reading: SharedDescriptor
        package let writing: SharedDescriptor
    }

    /// Reads at most `buffer.count` bytes into the front of `buffer`; 0 at the end of the file.
    package func read(into buffer: inout [UInt8]) throws(SystemCallError) -> Int {
        let number = rawValue
        return try systemCall("read") {
            unsafe buffer.withUnsafeMutableBytes { unsafe clinux_read(number, $0.baseAddress, $0.count) }
        }
    }

    /// Reads up to `limit` bytes until the end of the file.
    ///
    /// - Throws: ``SystemCallError``: `EFBIG` when the file has more than `limit` bytes.
    package func readAll(limit: Int) throws(SystemCallError) -> [UInt8] {
        var all: [UInt8] = []
        while true {
            // Most files are the kernel's, of a few lines.
            let piece = try read(atMost: min(max(limit, 1), all.isEmpty ? 4096 : 65_536))
            if piece.isEmpty { return all }
            if all.count + piece.count > limit { throw SystemCallError(call: "read", errno: .fileTooLarge) }
            if all.isEmpty { all = piece } else { all += piece }
        }
    }

    /// Reads once, at most `count` bytes; none at the end of the file.
    private func read(atMost count: Int) throws(SystemCallError) -> [UInt8] {
        let number = rawValue
        var piece: [UInt8] = []
        try systemCall("read") {
            var result = 0
            piece = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
                result = unsafe clinux_read(number, buffer.baseAddress, buffer.count)
                used = max(result, 0)
            }
            return result
        }
        return piece
    }

    /// Reads the first `limit` bytes at most, wherever earlier reads have got to: for kernel files that are kept open
    /// and read again.
    package func readFromStart(limit: Int) throws(SystemCallError) -> [UInt8] {
        let number = rawValue
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = try systemCall("pread64") {
            unsafe buffer.withUnsafeMutableBytes { unsafe clinux_pread(number, $0.baseAddress, $0.count, 0) }
        }
        return Array(buffer.prefix(count))
    }

    /// Writes all of `bytes`, in as many calls as it takes.
    package func write(_ bytes: [UInt8]) throws(SystemCallError) { try write(bytes[...]) }

    /// Writes all of `bytes`, in as many calls as it takes.
    package func write(_ bytes: ArraySlice<UInt8>) throws(SystemCallError) {
        let number = rawValue
        var rest = bytes
        while !rest.isEmpty {
            let count = try systemCall("write") {
                unsafe rest.withUnsafeBytes { unsafe clinux_write(number, $0.baseAddress, $0.count) }
            }
            rest = rest.dropFirst(count)
        }
    }

    /// Has reads and writes fail with `EAGAIN` instead of waiting, for everyone who shares the open file.
    package func setNonBlocking() throws(SystemCallError) {
        let number = rawValue
        let flags = try systemCall("fcntl") { clinux_fcntl(number, CLINUX_F_GETFL, 0) }
        try systemCall("fcntl") { clinux_fcntl(number, CLINUX_F_SETFL, Int(flags | CLINUX_O_NONBLOCK)) }
    }

    /// Writes what the pipe takes now.
    ///
    /// - Parameter bytes: What is to be written.
    /// - Returns: How many bytes were written; 0 when the pipe is full.
    /// - Throws: ``SystemCallError``: `EPIPE` when nobody is left to read; no signal is raised then.
    package func writeAvailable(_ bytes: ArraySlice<UInt8>) throws(SystemCallError) -> Int {
        let number = rawValue
        do throws(SystemCallError) {
            return try systemCall("write") {
                withoutBrokenPipeSignal {
                    unsafe bytes.withUnsafeBytes { unsafe clinux_write(number, $0.baseAddress, $0.count) }
                }
            }
        } catch {
            if error.errno == .wouldBlock { return 0 }
            throw error
        }
    }

    /// Makes a call whose `SIGPIPE` would end the host: it is blocked on this thread meanwhile, and taken when it came.
    private func withoutBrokenPipeSignal(_ call: () -> Int) -> Int {
        var signal = UInt64(1) << UInt64(CLINUX_SIGPIPE - 1)
        var old: UInt64 = 0
        _ = unsafe clinux_rt_sigprocmask(CLINUX_SIG_BLOCK, &signal, &old)
        let result = call()
        if result == -Int(CLINUX_EPIPE) && old & signal == 0 { _ = unsafe clinux_take_pending_signal(&signal) }
        _ = unsafe clinux_rt_sigprocmask(CLINUX_SIG_SETMASK, &old, nil)
        return result
    }

    /// Writes `bytes` with exactly one call, as files of procfs and cgroupfs want it.
    package func writeOnce(_ bytes: [UInt8]) throws(SystemCallError) {
        let number = rawValue
        let count = try systemCall("write") {
            unsafe bytes.withUnsafeBytes { unsafe clinux_write(number, $0.baseAddress, $0.count) }
        }
        if count != bytes.count { throw SystemCallError(call: "write", errno: .ioError) }
    }

    /// Flushes content and metadata to the device (`fsync(2)`).
    package func synchronize() throws(SystemCallError) {
        let number = rawValue
        try systemCall("fsync") { clinux_fsync(number) }
    }

    /// Type, owner, size and the like of the open file.
    package func status() throws(SystemCallError) -> FileStatus {
        var result = clinux_statx()
        let number = rawValue
        try systemCall("statx") {
            unsafe clinux_statx(
                number,
                "",
                CLINUX_AT_EMPTY_PATH,
                UInt32(CLINUX_STATX_BASIC_STATS | CLINUX_STATX_MNT_ID),
                &result
            )
        }
        return FileStatus(result)
    }

    /// Whether the file system that holds the open file is read-only as a whole (`fstatfs(2)`, `ST_RDONLY`).
    package var isReadOnlyFileSystem: Bool {
        get throws(SystemCallError) {
            var result = clinux_statfs()
            let number = rawValue
            try systemCall("fstatfs") { unsafe clinux_fstatfs(number, &result) }
            return result.flags & 1 != 0
        }
    }

    /// The magic number of the file system that holds the open file (`fstatfs(2)`).
    package func fileSystemType() throws(SystemCallError) -> Int64 {
        var result = clinux_statfs()
        let number = rawValue
        try systemCall("fstatfs") { unsafe clinux_fstatfs(number, &result) }
        return result.type
    }
}
