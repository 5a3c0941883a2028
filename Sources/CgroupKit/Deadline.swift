// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux

/// A moment on the monotonic clock, and the waiting until then.
struct Deadline {
    private let end: Int64
    private var pause: Int64 = 1_000_000

    /// The moment `timeout` from now; a negative time-out is now.
    init(after timeout: Duration) {
        let (seconds, attoseconds) = timeout.components
        let nanoseconds = attoseconds / 1_000_000_000
        let (product, tooLarge) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carried) = product.addingReportingOverflow(nanoseconds)
        let (end, late) = clinux_monotonic_nanoseconds().addingReportingOverflow(tooLarge || carried ? .max : sum)
        self.end = late ? .max : end
    }

    /// Nanoseconds left, 0 when the time is up.
    var remaining: Int64 { max(0, end - clinux_monotonic_nanoseconds()) }

    /// Milliseconds left, at most `limit`, for `poll(2)`.
    func milliseconds(atMost limit: Int64) -> CInt { CInt(truncatingIfNeeded: min(remaining / 1_000_000 + 1, limit)) }

    /// Sleeps for 1 ms, then 2 ms, and so on up to 50 ms, never beyond the end; `false` when the time is up.
    mutating func wait() -> Bool {
        let left = remaining
        if left == 0 { return false }
        let nanoseconds = min(pause, left)
        pause = min(pause * 2, 50_000_000)
        _ = clinux_nanosleep(nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000)
        return true
    }
}
