// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Puts a program together from its end to its start.
///
/// Classic BPF jumps only forward, so everything a jump can go to exists before the jump, and its distance is known at
/// once. Conditional jumps reach 255 instructions; what is farther away gets a stepping stone next to the jump.
package struct BPFAssembler {
    /// A place in the program, counted from its end.
    package typealias Label = Int

    private var reversed: [BPFInstruction] = []
    /// The last return of each value. A list, for there are few; a dictionary's first use costs more than the search.
    private var returns: [(value: UInt32, label: Label)] = []

    package init() { reversed.reserveCapacity(512) }

    /// The program, from its start.
    package var instructions: [BPFInstruction] { reversed.reversed() }

    /// How many instructions there are.
    var count: Int { reversed.count }

    /// A return with this value, an existing one if one is near.
    package mutating func returning(_ value: UInt32) -> Label {
        if let known = returns.first(where: { $0.value == value }), reversed.count - known.label < 200 {
            return known.label
        }
        return appendReturn(value)
    }

    /// Loads the word at `offset` of `struct seccomp_data`, then goes on at `next`.
    package mutating func load(_ offset: UInt32, then next: Label) -> Label {
        append(.init(code: BPFInstruction.loadWord, constant: offset), then: next)
    }

    /// Masks the loaded word, then goes on at `next`.
    package mutating func mask(_ bits: UInt32, then next: Label) -> Label {
        append(.init(code: BPFInstruction.and, constant: bits), then: next)
    }

    /// Tests the loaded word and goes on at one of two places.
    package mutating func branch(_ test: UInt16, _ constant: UInt32, ifTrue: Label, ifFalse: Label) -> Label {
        if ifTrue == ifFalse { return ifTrue }
        // A stepping stone for the second may move the first by one.
        let near = reach(ifTrue, within: 254)
        let other = reach(ifFalse, within: 255)
        let instruction = BPFInstruction(
            code: test,
            jumpIfTrue: UInt8(reversed.count - 1 - near),
            jumpIfFalse: UInt8(reversed.count - 1 - other),
            constant: constant
        )
        return append(instruction)
    }

    private mutating func append(_ instruction: BPFInstruction) -> Label {
        reversed.append(instruction)
        return reversed.count - 1
    }

    private mutating func append(_ instruction: BPFInstruction, then next: Label) -> Label {
        if next != reversed.count - 1 { _ = copy(next) }
        return append(instruction)
    }

    private mutating func appendReturn(_ value: UInt32) -> Label {
        let label = append(.init(code: BPFInstruction.returnConstant, constant: value))
        returns.removeAll { $0.value == value }
        returns.append((value, label))
        return label
    }

    private mutating func reach(_ label: Label, within limit: Int) -> Label {
        reversed.count - 1 - label <= limit ? label : copy(label)
    }

    /// Something here that has the same effect as going on at `label`: the same return, or a jump.
    private mutating func copy(_ label: Label) -> Label {
        let target = reversed[label]
        if target.code == BPFInstruction.returnConstant { return appendReturn(target.constant) }
        return append(.init(code: BPFInstruction.jump, constant: UInt32(reversed.count - 1 - label)))
    }
}
