// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A number of bytes such as `64m` or `1.5GiB`; units are powers of 1024, as in docker.
enum ByteSize {
    static func read(_ text: String, of flag: String) throws(Failure) -> Int64 {
        let lower = text.lowercased()
        let number = lower.prefix { "0123456789.".contains($0) }
        let suffix = lower.dropFirst(number.count).drop { $0 == " " }
        guard let power = power(of: suffix), let value = Double(number), number.first != ".", number.last != "." else {
            throw Failure("invalid size \"\(text)\" for \(flag): use a number and b, k, m, g or t, such as 64m")
        }
        let bytes = value * Double(Int64(1) << (10 * power))
        guard bytes < 9.2e18 else { throw Failure("invalid size \"\(text)\" for \(flag): too large") }
        return Int64(bytes)
    }

    private static func power(of suffix: Substring) -> Int64? {
        if suffix.isEmpty || suffix == "b" { return 0 }
        guard let unit = suffix.first, ["", "b", "ib"].contains(suffix.dropFirst()) else { return nil }
        return ["k": 1, "m": 2, "g": 3, "t": 4, "p": 5][unit]
    }
}
