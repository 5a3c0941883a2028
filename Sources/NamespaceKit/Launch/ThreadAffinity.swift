// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem

/// The processors of the calling thread.
enum ThreadAffinity {
    /// Runs `body` on other processors, and returns to those of before in every case.
    ///
    /// - Parameters:
    ///   - mask: The processors as a bit mask; `nil` changes nothing.
    ///   - body: What to run. It must not change threads.
    /// - Returns: What `body` returned.
    /// - Throws: ``SystemCallError``: of `body`, or `EINVAL` when none of the processors is online.
    static func during<Result>(
        _ mask: [UInt8]?,
        _ body: () throws(SystemCallError) -> Result
    ) throws(SystemCallError) -> Result {
        guard let mask else { return try body() }
        var own = [UInt8](repeating: 0, count: 8192)
        let count = try systemCall("sched_getaffinity") {
            unsafe own.withUnsafeMutableBytes { unsafe clinux_sched_getaffinity(0, $0.count, $0.baseAddress) }
        }
        own.removeSubrange(Int(count)...)
        try set(mask)
        do throws(SystemCallError) {
            let result = try body()
            try set(own)
            return result
        } catch {
            // The first error counts.
            try? set(own)
            throw error
        }
    }

    private static func set(_ mask: [UInt8]) throws(SystemCallError) {
        try systemCall("sched_setaffinity") {
            unsafe mask.withUnsafeBytes { unsafe clinux_sched_setaffinity(0, $0.count, $0.baseAddress) }
        }
    }
}
