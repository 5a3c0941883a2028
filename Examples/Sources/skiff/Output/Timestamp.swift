// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Glibc

/// A moment, as documents write it (RFC 3339).
struct Timestamp: Hashable, Sendable {
    /// Seconds since 1970.
    let seconds: Int64

    /// Now.
    static var now: Timestamp { Timestamp(seconds: Int64(time(nil))) }

    private init(seconds: Int64) { self.seconds = seconds }

    /// Reads a time such as `2026-11-23T22:42:17.123456789Z` or `…+01:00`.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let year = Self.number(bytes[0..<4]), let month = Self.number(bytes[5..<7]), (1...12).contains(month),
            let day = Self.number(bytes[8..<10]), let hour = Self.number(bytes[11..<13]),
            let minute = Self.number(bytes[14..<16]), let second = Self.number(bytes[17..<19])
        else { return nil }
        let zone = bytes[19...].drop { $0 == UInt8(ascii: ".") || (48...57).contains($0) }
        guard let offset = Self.offset(zone) else { return nil }
        seconds = Self.days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset
    }

    /// How long ago it was, in docker's words.
    var ago: String { "\(HumanDuration.text(seconds: max(0, Self.now.seconds - seconds))) ago" }

    /// How long it has lasted, in docker's words.
    var elapsed: String { HumanDuration.text(seconds: max(0, Self.now.seconds - seconds)) }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        digits.allSatisfy { (48...57).contains($0) } ? Int64(String(decoding: digits, as: UTF8.self)) : nil
    }

    private static func offset(_ zone: ArraySlice<UInt8>) -> Int64? {
        guard let sign = zone.first else { return nil }
        if sign == UInt8(ascii: "Z") { return 0 }
        let rest = Array(zone.dropFirst())
        guard rest.count == 5, rest[2] == UInt8(ascii: ":"), let hours = number(rest[0..<2]),
            let minutes = number(rest[3..<5])
        else { return nil }
        return (sign == UInt8(ascii: "-") ? -1 : 1) * (hours * 3600 + minutes * 60)
    }

    /// Days from 1970 in the proleptic Gregorian calendar.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted % 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
