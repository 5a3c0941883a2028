// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import NamespaceKit
import Testing

@Suite("A program under construction")
struct SeccompAssemblerTests {
    @Test("reaches both sides of a branch at every distance", arguments: [1, 2, 3], [true, false])
    func distances(gap: Int, nearIfTrue: Bool) throws {
        for filling in 240...262 {
            var assembler = BPFAssembler()
            // Loads, not returns: a jump to a return becomes a return.
            let far = assembler.load(0, then: assembler.returning(1))
            var near = assembler.load(0, then: assembler.returning(2))
            for _ in 1..<gap { near = assembler.mask(.max, then: near) }
            var filler = near
            for _ in 0..<filling { filler = assembler.mask(.max, then: filler) }
            let branch = assembler.branch(
                0x15,
                7,
                ifTrue: nearIfTrue ? near : far,
                ifFalse: nearIfTrue ? far : near
            )
            _ = assembler.load(0, then: branch)
            let interpreter = try SeccompInterpreter(assembler.instructions)
            let hit = interpreter.verdict(SeccompCall(number: 7, audit: 0))
            let miss = interpreter.verdict(SeccompCall(number: 8, audit: 0))
            #expect([hit, miss] == (nearIfTrue ? [2, 1] : [1, 2]), "filling \(filling)")
        }
    }

    @Test("has a return near every place that needs one")
    func returns() throws {
        var assembler = BPFAssembler()
        var next = assembler.returning(0)
        for number in (UInt32(0)..<1000).reversed() {
            next = assembler.branch(0x15, number, ifTrue: assembler.returning(number % 3), ifFalse: next)
        }
        _ = assembler.load(0, then: next)
        let interpreter = try SeccompInterpreter(assembler.instructions)
        for number in UInt32(0)..<1000 {
            #expect(interpreter.verdict(SeccompCall(number: number, audit: 0)) == number % 3)
        }
    }
}
