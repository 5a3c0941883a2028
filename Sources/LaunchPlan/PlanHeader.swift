// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The first bytes of an encoded plan.
///
/// Layout, all fields 32-bit little-endian: magic, version, flags, number of instructions. Then the instructions:
/// opcode, length of the payload, payload. In a payload an integer takes 8 bytes; a text is its length (4 bytes), its
/// bytes and a NUL; a list is its count (4 bytes) and its texts; a tree source is a tag (8 bytes), then a slot number
/// or a text.
package enum PlanHeader {
    /// `SKIF`.
    package static let magic: UInt32 = 0x4649_4B53
    /// Changed with every change of the layout: host and init come from one build, so a mismatch is a bug.
    package static let version: UInt32 = 1
    /// The flag that asks for the time after each instruction.
    package static let recordsTimes: UInt32 = 1
    /// Size of the header in bytes.
    package static let size = 16
    /// The most instructions that a plan may have.
    package static let instructionLimit = 65_536
}
