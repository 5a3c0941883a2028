// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// One instruction of the kernel's eBPF machine.
///
/// - SeeAlso: Documentation/bpf/standardization/instruction-set.rst.
package struct BPFInstruction: Hashable, Sendable {
    /// The operations that device programs are made of.
    package enum Operation: UInt8, Sendable {
        /// destination = 32 bits at source + offset
        case load32 = 0x61
        /// destination = immediate
        case moveImmediate = 0xb7
        /// destination = source, upper half zero
        case move32 = 0xbc
        /// destination &= immediate, upper half zero
        case and32 = 0x54
        /// destination >>= immediate, upper half zero
        case shiftRight32 = 0x74
        /// skip offset instructions if destination == immediate
        case jumpIfEqual = 0x15
        /// skip offset instructions if destination != immediate
        case jumpIfNotEqual = 0x55
        /// end; register 0 is the result
        case exit = 0x95
    }

    package let operation: Operation
    /// Register that is written or compared.
    package let destination: UInt8
    /// Register that is read.
    package let source: UInt8
    /// Instructions to skip, or bytes from the source register.
    package let offset: Int16
    /// Constant operand.
    package let immediate: Int32

    package init(
        operation: Operation,
        destination: UInt8 = 0,
        source: UInt8 = 0,
        offset: Int16 = 0,
        immediate: Int32 = 0
    ) {
        self.operation = operation
        self.destination = destination
        self.source = source
        self.offset = offset
        self.immediate = immediate
    }

    /// The instruction as the kernel reads it on little-endian machines, which are all that we run on.
    package var encoded: UInt64 {
        UInt64(operation.rawValue) | UInt64(destination & 0xf) << 8 | UInt64(source & 0xf) << 12
            | UInt64(UInt16(bitPattern: offset)) << 16 | UInt64(UInt32(bitPattern: immediate)) << 32
    }
}
