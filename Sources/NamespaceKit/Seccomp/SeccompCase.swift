// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A rule as it applies to one system call: resolved, without conditions that always hold.
struct SeccompCase: Equatable {
    let conditions: [SeccompCondition]
    let action: UInt32

    /// The case with its conditions as an architecture compares them.
    ///
    /// - Parameter wide: Whether arguments have 64 bits; otherwise the high halves of values and masks are dropped.
    /// - Returns: The case, perhaps with fewer conditions.
    func normalized(wide: Bool) -> SeccompCase {
        if conditions.isEmpty { return self }
        let bits: UInt64 = wide ? .max : 0xffff_ffff
        let kept = conditions.compactMap { condition -> SeccompCondition? in
            var kept = condition
            kept.value &= bits
            // A mask without bits leaves nothing to compare.
            if kept.comparison == .maskedEqual && kept.value == 0 { return nil }
            kept.valueTwo &= kept.value
            return kept
        }
        return SeccompCase(conditions: kept, action: action)
    }
}

extension SeccompCondition {
    /// Where the low half of the argument is in `struct seccomp_data`, on a little-endian machine.
    var lowOffset: UInt32 { 16 + 8 * index }

    /// Where its high half is.
    var highOffset: UInt32 { lowOffset + 4 }

    /// Whether the condition holds for an argument.
    func holds(for argument: UInt64) -> Bool {
        switch comparison {
        case .notEqual: argument != value
        case .less: argument < value
        case .lessOrEqual: argument <= value
        case .equal: argument == value
        case .greaterOrEqual: argument >= value
        case .greater: argument > value
        case .maskedEqual: argument & value == valueTwo & value
        }
    }

    /// The arguments at which a condition begins to hold or ceases to; for a mask there is no such list.
    var borders: [UInt64] {
        let after = value == .max ? [] : [value + 1]
        return switch comparison {
        case .less, .greaterOrEqual: [value]
        case .lessOrEqual, .greater: after
        case .equal, .notEqual: [value] + after
        case .maskedEqual: []
        }
    }
}
