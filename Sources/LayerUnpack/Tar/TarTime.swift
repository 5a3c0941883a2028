// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A time stamp since 1970, to the nanosecond.
struct TarTime: Hashable, Sendable {
    let seconds: Int64
    let nanoseconds: Int64

    init(seconds: Int64, nanoseconds: Int64 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// Reads the decimal form of PAX, `[-]SECONDS[.FRACTION]`; digits beyond nanoseconds are cut off.
    init?(decimal text: ArraySlice<UInt8>) {
        let isNegative = text.first == UInt8(ascii: "-")
        let parts = text.dropFirst(isNegative ? 1 : 0).split(
            separator: UInt8(ascii: "."),
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        guard let whole = parts.first.flatMap({ TarNumber.decimal($0) }) else { return nil }
        var fraction: Int64 = 0
        if parts.count == 2 {
            let digits = parts[1]
            guard let value = TarNumber.decimal(digits.prefix(9)),
                digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
            else { return nil }
            fraction = value
            for _ in 0..<max(0, 9 - digits.count) { fraction *= 10 }
        }
        if isNegative && fraction > 0 {
            self.init(seconds: -whole - 1, nanoseconds: 1_000_000_000 - fraction)
        } else {
            self.init(seconds: isNegative ? -whole : whole, nanoseconds: fraction)
        }
    }
}
