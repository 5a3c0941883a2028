// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// How long a server asks to be left alone: the header `Retry-After`.
///
/// - SeeAlso: RFC 9110, section 10.2.3.
enum RetryAfter {
    /// Reads the header.
    ///
    /// - Parameters:
    ///   - value: A number of seconds, or a date in one of the forms of RFC 9110, section 5.6.7, of which only the
    ///     current one is read.
    ///   - date: The header `Date` of the same answer, so that a wrong clock of either side does not matter.
    /// - Returns: The time to wait, zero or more; `nil` if the value is neither.
    static func read(_ value: String, date: String?) -> Duration? {
        let bytes = ASCII.trimmed(value.utf8)
        if let seconds = ASCII.number(bytes) { return .seconds(min(seconds, 1 << 40)) }
        guard let then = seconds(bytes), let now = date.flatMap({ seconds(ASCII.trimmed($0.utf8)) }) else { return nil }
        return .seconds(max(0, then - now))
    }

    /// Seconds since 1970 of a date such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func seconds(_ date: [UInt8]) -> Int64? {
        let parts = date.split(separator: UInt8(ascii: " ")).map { Array($0) }
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard parts.count == 6, parts[0].count == 4, parts[5].elementsEqual("GMT".utf8), parts[3].count == 4,
            let day = ASCII.number(parts[1]), (1...31).contains(day), let year = ASCII.number(parts[3]),
            let month = months.firstIndex(where: { parts[2].elementsEqual($0.utf8) })
        else { return nil }
        let clock = parts[4].split(separator: UInt8(ascii: ":")).map { ASCII.number($0) }
        guard clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2], hour < 24,
            minute < 60, second < 61
        else { return nil }
        return days(year: year, month: Int64(month + 1), day: day) * 86_400 + hour * 3600 + minute * 60 + second
    }

    /// Days since 1970 of a date of the Gregorian calendar, counted from March so that leap days come last.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
