// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// An upper bound, or none.
public enum ResourceLimit: Hashable, Sendable {
    /// No bound.
    case unlimited
    /// A bound, in the unit of the setting that has it; zero is a bound too.
    case value(UInt64)

    /// What version 2 files take and show.
    var unifiedText: String {
        switch self {
        case .unlimited: "max"
        case .value(let value): "\(value)"
        }
    }

    /// What version 1 files take.
    var legacyText: String {
        switch self {
        case .unlimited: "-1"
        case .value(let value): "\(value)"
        }
    }

    /// Reads a file of either version: `max`, `-1`, or a number; version 1 shows "no limit" as the largest multiple of
    /// the page size below 2^63.
    init?(_ text: [UInt8]) {
        guard let word = KernelText.words(text).first else { return nil }
        if word == "max" || word == "-1" {
            self = .unlimited
        } else if let value = KernelText.number(text) {
            self = value >= UInt64(Int64.max) - 65_536 ? .unlimited : .value(value)
        } else {
            return nil
        }
    }

    /// Whether this bound allows at least as much as `other`.
    func isAtLeast(_ other: ResourceLimit) -> Bool {
        switch (self, other) {
        case (.unlimited, _): true
        case (.value, .unlimited): false
        case (.value(let mine), .value(let theirs)): mine >= theirs
        }
    }
}
