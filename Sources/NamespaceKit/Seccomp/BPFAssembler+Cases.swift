// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension BPFAssembler {
    /// Decides a system call by its arguments: the first case whose conditions all hold, else `otherwise`.
    ///
    /// - Parameters:
    ///   - cases: The cases, in order; each has conditions.
    ///   - otherwise: The value to return if none holds.
    ///   - wide: Whether arguments have 64 bits; the program then looks at both halves.
    /// - Returns: Where the decision starts.
    mutating func decide(_ cases: [SeccompCase], otherwise: UInt32, wide: Bool) -> Label {
        if let condition = cases.first?.conditions.first, condition.comparison != .maskedEqual,
            cases.allSatisfy({
                $0.conditions.count == 1 && $0.conditions[0].index == condition.index
                    && $0.conditions[0].comparison != .maskedEqual
            })
        {
            return searchArgument(condition, cases, otherwise: otherwise, wide: wide)
        }
        var next = returning(otherwise)
        for one in cases.reversed() {
            var hit = returning(one.action)
            for condition in one.conditions.reversed() {
                hit = test(condition, wide: wide, ifTrue: hit, ifFalse: next)
            }
            next = hit
        }
        return next
    }

    /// Cases that all compare one argument with numbers: a search over that argument's ranges.
    private mutating func searchArgument(
        _ argument: SeccompCondition,
        _ cases: [SeccompCase],
        otherwise: UInt32,
        wide: Bool
    ) -> Label {
        func action(_ value: UInt64) -> UInt32 {
            cases.first { $0.conditions[0].holds(for: value) }?.action ?? otherwise
        }
        var borders = [0] + cases.flatMap(\.conditions[0].borders)
        borders.sort()
        guard wide else {
            let low = borders.compactMap { UInt32(exactly: $0) }
            let ranges = low.map { ($0, BPFRange.Outcome.returning(action(UInt64($0)))) }
            return load(argument.lowOffset, then: search(merged(ranges)))
        }
        var ranges: [(UInt32, BPFRange.Outcome)] = []
        var index = 0
        while index < borders.count {
            let high = UInt32(borders[index] >> 32)
            let base = UInt64(high) << 32
            var low = [(UInt32(0), BPFRange.Outcome.returning(action(base)))]
            while index < borders.count, borders[index] >> 32 == UInt64(high) {
                low.append((UInt32(truncatingIfNeeded: borders[index]), .returning(action(borders[index]))))
                index += 1
            }
            let words = merged(low)
            // Under most high words all low words have the same outcome.
            ranges.append((high, words.count == 1 ? low[0].1 : .at(load(argument.lowOffset, then: search(words)))))
            if high != .max { ranges.append((high + 1, .returning(action(base + (1 << 32))))) }
        }
        return load(argument.highOffset, then: search(merged(ranges)))
    }

    /// Ranges with those left out that another starts at too or whose outcome is that of the range before.
    private func merged(_ ranges: [(UInt32, BPFRange.Outcome)]) -> [BPFRange] {
        var result: [BPFRange] = []
        for (start, outcome) in ranges {
            if result.last?.start == start { result.removeLast() }
            if result.last?.outcome != outcome { result.append(BPFRange(start: start, outcome: outcome)) }
        }
        return result
    }

    private mutating func test(_ condition: SeccompCondition, wide: Bool, ifTrue: Label, ifFalse: Label) -> Label {
        switch condition.comparison {
        case .equal: testEqual(condition, mask: .max, wide: wide, ifTrue: ifTrue, ifFalse: ifFalse)
        case .notEqual: testEqual(condition, mask: .max, wide: wide, ifTrue: ifFalse, ifFalse: ifTrue)
        case .maskedEqual: testEqual(condition, mask: condition.value, wide: wide, ifTrue: ifTrue, ifFalse: ifFalse)
        case .greater:
            testOrder(condition, BPFInstruction.jumpIfGreater, wide: wide, ifTrue: ifTrue, ifFalse: ifFalse)
        case .lessOrEqual:
            testOrder(condition, BPFInstruction.jumpIfGreater, wide: wide, ifTrue: ifFalse, ifFalse: ifTrue)
        case .greaterOrEqual:
            testOrder(condition, BPFInstruction.jumpIfGreaterOrEqual, wide: wide, ifTrue: ifTrue, ifFalse: ifFalse)
        case .less:
            testOrder(condition, BPFInstruction.jumpIfGreaterOrEqual, wide: wide, ifTrue: ifFalse, ifFalse: ifTrue)
        }
    }

    private mutating func testEqual(
        _ condition: SeccompCondition,
        mask bits: UInt64,
        wide: Bool,
        ifTrue: Label,
        ifFalse: Label
    ) -> Label {
        let value = condition.comparison == .maskedEqual ? condition.valueTwo : condition.value
        let lowBits = UInt32(truncatingIfNeeded: bits)
        let highBits = UInt32(truncatingIfNeeded: bits >> 32)
        var next = ifTrue
        if lowBits != 0 {
            let low = UInt32(truncatingIfNeeded: value)
            next = branch(BPFInstruction.jumpIfEqual, low, ifTrue: next, ifFalse: ifFalse)
            if lowBits != .max { next = mask(lowBits, then: next) }
            next = load(condition.lowOffset, then: next)
        }
        if wide && highBits != 0 {
            let high = UInt32(truncatingIfNeeded: value >> 32)
            next = branch(BPFInstruction.jumpIfEqual, high, ifTrue: next, ifFalse: ifFalse)
            if highBits != .max { next = mask(highBits, then: next) }
            next = load(condition.highOffset, then: next)
        }
        return next
    }

    private mutating func testOrder(
        _ condition: SeccompCondition,
        _ lowTest: UInt16,
        wide: Bool,
        ifTrue: Label,
        ifFalse: Label
    ) -> Label {
        var next = branch(lowTest, UInt32(truncatingIfNeeded: condition.value), ifTrue: ifTrue, ifFalse: ifFalse)
        next = load(condition.lowOffset, then: next)
        guard wide else { return next }
        let high = UInt32(truncatingIfNeeded: condition.value >> 32)
        // Unequal halves decide; if the high word is not greater than 0, it is 0.
        if high != 0 { next = branch(BPFInstruction.jumpIfEqual, high, ifTrue: next, ifFalse: ifFalse) }
        next = branch(BPFInstruction.jumpIfGreater, high, ifTrue: ifTrue, ifFalse: next)
        return load(condition.highOffset, then: next)
    }
}
