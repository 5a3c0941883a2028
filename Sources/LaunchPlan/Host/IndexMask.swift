// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A set of processors or memory nodes as the bit mask that the kernel takes: little-endian words of 64 bits.
package struct IndexMask: Hashable, Sendable, CustomStringConvertible {
    /// The mask; its length is a multiple of 8.
    package private(set) var bytes: [UInt8]

    /// The highest index that is accepted, as with runc; no kernel counts that far.
    package static let maximum = 65_535

    /// Takes a mask as it is.
    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// Reads a list of numbers and ranges such as `0-3,7` (cpuset(7), "List format"). `nil` when the text is no such list,
    /// or an index is above ``maximum``.
    ///
    /// - Parameter list: The list as bytes; an empty one is the empty set.
    package init?(list: [UInt8]) {
        bytes = []
        if list.isEmpty { return }
        for part in list.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let ends = part.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false).map(Self.number)
            guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last else {
                return nil
            }
            for index in first...last { insert(index) }
        }
    }

    /// Whether no index is in the set.
    package var isEmpty: Bool { bytes.allSatisfy { $0 == 0 } }

    /// The set as a list with ranges.
    package var description: String {
        var parts: [String] = []
        var start: Int?
        for index in 0...(bytes.count * 8) {
            let isMember = index < bytes.count * 8 && bytes[index / 8] >> (index % 8) & 1 == 1
            if isMember {
                start = start ?? index
            } else if let first = start {
                parts.append(first == index - 1 ? "\(first)" : "\(first)-\(index - 1)")
                start = nil
            }
        }
        return parts.joined(separator: ",")
    }

    private mutating func insert(_ index: Int) {
        let needed = (index / 64 + 1) * 8
        if bytes.count < needed { bytes += [UInt8](repeating: 0, count: needed - bytes.count) }
        bytes[index / 8] |= 1 << (index % 8)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard !digits.isEmpty, digits.count <= 5 else { return nil }
        var value = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return value <= maximum ? value : nil
    }
}

/// The kernel's names of scheduling policies (sched(7)).
package enum SchedulingName {
    private static let names = [
        "SCHED_OTHER", "SCHED_FIFO", "SCHED_RR", "SCHED_BATCH", "SCHED_ISO", "SCHED_IDLE", "SCHED_DEADLINE",
    ]

    /// The name of policy `number`; the number itself when it has none.
    package static func of(_ number: UInt32) -> String { number < names.count ? names[Int(number)] : "\(number)" }
}
