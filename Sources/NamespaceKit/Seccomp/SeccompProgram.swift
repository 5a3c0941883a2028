// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A filter in the form the kernel takes.
public struct SeccompProgram: Hashable, Sendable {
    /// The most instructions the kernel takes (`BPF_MAXINSNS`).
    public static var maximumLength: Int { 4096 }

    /// The instructions.
    public let instructions: [BPFInstruction]
    /// The flags for seccomp(2), with ``SeccompFlags/newListener`` if the program notifies.
    public let flags: SeccompFlags
    /// The names in the profile that no architecture known here has, in order, each once: misspelt, or newer than this
    /// code.
    public let unknownNames: [String]

    /// The instructions as an array of the kernel's `struct sock_filter`, little-endian; 8 bytes each.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(instructions.count * 8)
        for instruction in instructions {
            bytes.append(UInt8(truncatingIfNeeded: instruction.code))
            bytes.append(UInt8(truncatingIfNeeded: instruction.code >> 8))
            bytes.append(instruction.jumpIfTrue)
            bytes.append(instruction.jumpIfFalse)
            for shift in [UInt32(0), 8, 16, 24] {
                bytes.append(UInt8(truncatingIfNeeded: instruction.constant >> shift))
            }
        }
        return bytes
    }
}
