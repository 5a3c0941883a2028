// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// A share of the CPU time relative to sibling groups.
public enum CPUWeight: Hashable, Sendable {
    /// Version 1 and OCI scale: 2 to 262144, default 1024.
    case shares(UInt64)
    /// Version 2 scale: 1 to 10000, default 100.
    case weight(UInt64)

    /// The value for `cpu.weight`.
    ///
    /// Shares are converted by the curve that OCI runtimes agreed on in 2025, which maps least to least, most to
    /// most, and 1024 to 100: `10 ^ ((l² + 125 l) / 612 - 7 / 34)` rounded up, where `l` is the binary logarithm.
    /// Shares outside of their range count as its ends.
    public var unifiedValue: UInt64 {
        switch self {
        case .weight(let weight): return weight
        case .shares(let shares):
            if shares <= 2 { return 1 }
            if shares >= 262_144 { return 10_000 }
            let l = log2(Double(shares))
            return UInt64(pow(10, (l * l + 125 * l) / 612 - 7.0 / 34).rounded(.up))
        }
    }

    /// The value for `cpu.shares`: shares as they are, a weight on the straight line through both defaults.
    var legacyValue: UInt64 {
        switch self {
        case .shares(let shares): shares
        case .weight(let weight): max(2, weight * 1024 / 100)
        }
    }

    func check() throws(CgroupError) {
        if case .weight(let weight) = self, weight < 1 || weight > 10_000 {
            throw .invalid("cpu.weight", "\(weight) is not in 1...10000")
        }
        if case .shares(0) = self { throw .invalid("cpu.shares", "0 is not in 2...262144") }
    }
}
