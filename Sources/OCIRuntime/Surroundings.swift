// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

#if canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// The environment of this process.
package enum ProcessEnvironment {
    /// The value of `name`, or `nil` when it is not set.
    package static func value(of name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }

    /// Every `NAME=value` entry, as bytes.
    package static var all: [[UInt8]] {
        var entries: [[UInt8]] = []
        let start: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe environ
        guard var entry = unsafe start else { return entries }
        while let text = unsafe entry.pointee {
            let bytes = unsafe UnsafeBufferPointer(start: text, count: strlen(text))
            entries.append(unsafe bytes.map { UInt8(bitPattern: $0) })
            unsafe entry += 1
        }
        return entries
    }
}

/// The time of day.
package enum WallClock {
    /// Now, in RFC 3339 with nanoseconds, UTC: `2026-11-23T22:42:17.123456789Z`.
    package static var now: String {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return text(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
    }

    /// A time since 1970 as text; the calendar is computed from days as in the proleptic Gregorian calendar.
    static func text(seconds: Int64, nanoseconds: Int64) -> String {
        let days = seconds / 86_400
        let rest = seconds % 86_400
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let date = "\(year)-\(padded(month, 2))-\(padded(day, 2))"
        let clock = "\(padded(rest / 3600, 2)):\(padded(rest / 60 % 60, 2)):\(padded(rest % 60, 2))"
        return "\(date)T\(clock).\(padded(nanoseconds, 9))Z"
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
