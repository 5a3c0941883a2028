// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A range of a word's values: from `start` to the next range's start.
struct BPFRange {
    /// Where a program goes on.
    enum Outcome: Equatable {
        /// Returns this value.
        case returning(UInt32)
        /// Goes on at this place.
        case at(BPFAssembler.Label)
    }

    let start: UInt32
    let outcome: Outcome
}

extension BPFAssembler {
    /// Finds the loaded word's range by binary search.
    ///
    /// A range of one value between two ranges with the same outcome costs one comparison for equality instead of two
    /// splits.
    ///
    /// - Parameter ranges: Sorted, the first starts at 0; neighbours have different outcomes.
    /// - Returns: Where the search starts.
    mutating func search(_ ranges: [BPFRange]) -> Label {
        search(groups(of: ranges)[...])
    }

    /// Ranges with the same outcome, and the single values between them that have another.
    private struct Group {
        let start: UInt32
        let outcome: BPFRange.Outcome
        var exceptions: [BPFRange] = []
    }

    private func groups(of ranges: [BPFRange]) -> [Group] {
        var groups: [Group] = []
        var index = 0
        while index < ranges.count {
            var group = Group(start: ranges[index].start, outcome: ranges[index].outcome)
            while index + 2 < ranges.count, group.exceptions.count < 3, ranges[index + 2].outcome == group.outcome,
                ranges[index + 2].start - ranges[index + 1].start == 1
            {
                group.exceptions.append(ranges[index + 1])
                index += 2
            }
            groups.append(group)
            index += 1
        }
        return groups
    }

    private mutating func search(_ groups: ArraySlice<Group>) -> Label {
        let middle = groups.startIndex + groups.count / 2
        guard groups.count > 1 else { return label(of: groups[middle]) }
        let upper = search(groups[middle...])
        let lower = search(groups[..<middle])
        return branch(BPFInstruction.jumpIfGreaterOrEqual, groups[middle].start, ifTrue: upper, ifFalse: lower)
    }

    private mutating func label(of group: Group) -> Label {
        var next = label(of: group.outcome)
        for exception in group.exceptions.reversed() {
            let hit = label(of: exception.outcome)
            next = branch(BPFInstruction.jumpIfEqual, exception.start, ifTrue: hit, ifFalse: next)
        }
        return next
    }

    private mutating func label(of outcome: BPFRange.Outcome) -> Label {
        switch outcome {
        case .returning(let value): returning(value)
        case .at(let label): label
        }
    }
}
