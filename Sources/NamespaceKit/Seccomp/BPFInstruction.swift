// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// One instruction of classic BPF, the kernel's `struct sock_filter`.
public struct BPFInstruction: Hashable, Sendable {
    /// What it does.
    public let code: UInt16
    /// For a conditional jump: how many instructions to skip if the test holds.
    public let jumpIfTrue: UInt8
    /// For a conditional jump: how many instructions to skip if it does not.
    public let jumpIfFalse: UInt8
    /// The operand.
    public let constant: UInt32

    /// Makes an instruction.
    public init(code: UInt16, jumpIfTrue: UInt8 = 0, jumpIfFalse: UInt8 = 0, constant: UInt32) {
        self.code = code
        self.jumpIfTrue = jumpIfTrue
        self.jumpIfFalse = jumpIfFalse
        self.constant = constant
    }

    /// `BPF_LD | BPF_W | BPF_ABS`: loads a word of `struct seccomp_data`.
    static var loadWord: UInt16 { 0x20 }
    /// `BPF_ALU | BPF_AND | BPF_K`.
    static var and: UInt16 { 0x54 }
    /// `BPF_JMP | BPF_JA`.
    static var jump: UInt16 { 0x05 }
    /// `BPF_JMP | BPF_JEQ | BPF_K`.
    static var jumpIfEqual: UInt16 { 0x15 }
    /// `BPF_JMP | BPF_JGT | BPF_K`.
    static var jumpIfGreater: UInt16 { 0x25 }
    /// `BPF_JMP | BPF_JGE | BPF_K`.
    static var jumpIfGreaterOrEqual: UInt16 { 0x35 }
    /// `BPF_RET | BPF_K`.
    static var returnConstant: UInt16 { 0x06 }
}
