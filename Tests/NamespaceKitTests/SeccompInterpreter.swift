// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import NamespaceKit

/// A system call as a filter sees it.
struct SeccompCall: Hashable, CustomStringConvertible {
    var number: UInt32
    var audit: UInt32
    var arguments: [UInt64] = [0, 0, 0, 0, 0, 0]

    static let x86_64: UInt32 = 0xc000_003e
    static let x86: UInt32 = 0x4000_0003
    static let aarch64: UInt32 = 0xc000_00b7
    static let arm: UInt32 = 0x4000_0028

    var description: String {
        let list = arguments.map { String($0, radix: 16) }.joined(separator: ", ")
        return "call \(number) of \(String(audit, radix: 16))(\(list))"
    }

    /// The word of `struct seccomp_data` at an offset.
    func word(at offset: UInt32) -> UInt32? {
        switch offset {
        case 0: number
        case 4: audit
        case 8, 12: 0
        case 16..<64 where offset % 4 == 0:
            UInt32(truncatingIfNeeded: arguments[Int(offset - 16) / 8] >> (offset % 8 == 0 ? 0 : 32))
        default: nil
        }
    }
}

/// What the kernel checks of a program before it takes it, and what it does with a call.
struct SeccompInterpreter {
    enum Fault: Error, Equatable {
        case badInstruction(Int)
        case jumpOutside(Int)
        case endsWithoutReturn
        case length(Int)
        case unreachable(Int)
    }

    let program: [BPFInstruction]

    init(_ program: [BPFInstruction]) throws {
        self.program = program
        guard (1...4096).contains(program.count) else { throw Fault.length(program.count) }
        guard program.last?.code == 0x06 else { throw Fault.endsWithoutReturn }
        for (index, instruction) in program.enumerated() {
            let rest = program.count - index - 1
            switch instruction.code {
            case 0x20:
                if SeccompCall(number: 0, audit: 0).word(at: instruction.constant) == nil {
                    throw Fault.badInstruction(index)
                }
            case 0x54, 0x06: break
            case 0x05: if instruction.constant >= rest { throw Fault.jumpOutside(index) }
            case 0x15, 0x25, 0x35:
                if Int(max(instruction.jumpIfTrue, instruction.jumpIfFalse)) >= rest { throw Fault.jumpOutside(index) }
            default: throw Fault.badInstruction(index)
            }
        }
    }

    /// The program's return value for a call.
    func verdict(_ call: SeccompCall) -> UInt32 {
        var accumulator: UInt32 = 0
        var position = 0
        while true {
            let instruction = program[position]
            position += 1
            let holds: Bool
            switch instruction.code {
            case 0x20:
                accumulator = call.word(at: instruction.constant) ?? 0
                continue
            case 0x54:
                accumulator &= instruction.constant
                continue
            case 0x05:
                position += Int(instruction.constant)
                continue
            case 0x15: holds = accumulator == instruction.constant
            case 0x25: holds = accumulator > instruction.constant
            case 0x35: holds = accumulator >= instruction.constant
            default: return instruction.constant
            }
            position += Int(holds ? instruction.jumpIfTrue : instruction.jumpIfFalse)
        }
    }
}
