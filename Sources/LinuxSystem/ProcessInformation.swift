// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import Synchronization
internal import SystemPackage

/// What procfs says of a process, strictly read.
package enum ProcessInformation {
    /// The number of the process behind a pidfd, as this process's pid namespace sees it (`/proc/self/fdinfo`).
    ///
    /// - Throws: ``SystemCallError``: `ESRCH` when the process is gone or not visible here.
    package static func processID(of pidfd: borrowing OwnedFileDescriptor) throws(SystemCallError) -> Int32 {
        let path = FilePath("/proc/self/fdinfo/\(pidfd.rawValue)")
        let text = try OwnedFileDescriptor.open(path, CLINUX_O_RDONLY).readAll(limit: 4096)
        for line in text.split(separator: UInt8(ascii: "\n")) where line.starts(with: Array("Pid:".utf8)) {
            let digits = line.dropFirst(4).drop { $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: " ") }
            if let value = Int32(String(decoding: digits, as: UTF8.self)), value > 0 { return value }
        }
        throw SystemCallError(call: "pidfd_open", path: path, errno: .noSuchProcess)
    }

    /// When a process started, in clock ticks since boot (`/proc/PID/stat`, field 22). With the boot's identity it
    /// tells a process from a later one with the same number.
    package static func startTime(of processID: Int32) throws(SystemCallError) -> UInt64 {
        let path = FilePath("/proc/\(processID)/stat")
        let text = try OwnedFileDescriptor.open(path, CLINUX_O_RDONLY).readAll(limit: 4096)
        // The second field is a name in parentheses that may contain anything, parentheses too.
        guard let close = text.lastIndex(of: UInt8(ascii: ")")) else {
            throw SystemCallError(call: "read", path: path, errno: .invalidArgument)
        }
        let fields = text[(close + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 19, let value = UInt64(String(decoding: fields[19], as: UTF8.self)) else {
            throw SystemCallError(call: "read", path: path, errno: .invalidArgument)
        }
        return value
    }

    /// The memory that only this process has, in bytes: what would be free without it (`/proc/PID/smaps_rollup`, the
    /// private pages, in memory and in swap). The kernel's own about the process is not in it.
    ///
    /// - Throws: ``SystemCallError``: `ENOENT` or `ESRCH` when there is no such process, `EACCES` without the right to
    ///   trace it.
    package static func ownMemory(of processID: Int32) throws(SystemCallError) -> UInt64 {
        let path = FilePath("/proc/\(processID)/smaps_rollup")
        let text = try OwnedFileDescriptor.open(path, CLINUX_O_RDONLY).readAll(limit: 4096)
        let names = ["Private_Clean:", "Private_Dirty:", "Swap:"]
        var sum: UInt64 = 0
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 1, names.contains(String(words[0])), let value = UInt64(words[1]) else { continue }
            sum += value * 1024
        }
        return sum
    }

    /// The identity of this boot, 36 characters (`/proc/sys/kernel/random/boot_id`), which is read once.
    package static func bootID() throws(SystemCallError) -> String {
        if let known = boot.withLock({ $0 }) { return known }
        let text = try OwnedFileDescriptor.open("/proc/sys/kernel/random/boot_id", CLINUX_O_RDONLY).readAll(limit: 64)
        let identity = String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        boot.withLock { $0 = identity }
        return identity
    }

    /// Only what was read: a process that had no descriptor left tries again.
    private static let boot = Mutex<String?>(nil)
}
