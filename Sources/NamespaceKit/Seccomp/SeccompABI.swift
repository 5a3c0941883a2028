// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// What the compiler has to know about an architecture that it has a table for.
package enum SeccompABI: Int, Hashable {
    case x86_64, x86, x32, aarch64, arm

    /// - Throws: ``SeccompError``: `unsupportedArchitecture` if there is no table.
    package init(_ architecture: SeccompArchitecture) throws(SeccompError) {
        switch architecture {
        case .x86_64: self = .x86_64
        case .x86: self = .x86
        case .x32: self = .x32
        case .aarch64: self = .aarch64
        case .arm: self = .arm
        default: throw SeccompError(.unsupportedArchitecture, subject: architecture.ociName)
        }
    }

    /// Whether there is a table for an architecture.
    package static func isKnown(_ architecture: SeccompArchitecture) -> Bool {
        do throws(SeccompError) {
            _ = try SeccompABI(architecture)
            return true
        } catch { return false }
    }

    /// How many there are.
    package static var count: Int { 5 }

    /// `AUDIT_ARCH_*`, what the kernel puts into `seccomp_data.arch`. x32 shares that of x86_64.
    package var auditArchitecture: UInt32 {
        switch self {
        case .x86_64, .x32: 0xc000_003e
        case .x86: 0x4000_0003
        case .aarch64: 0xc000_00b7
        case .arm: 0x4000_0028
        }
    }

    /// Bits that every number of this interface carries.
    package var numberBits: UInt32 { self == .x32 ? Self.x32Bit : 0 }

    /// `__X32_SYSCALL_BIT`.
    package static var x32Bit: UInt32 { 0x4000_0000 }

    /// Whether arguments are 64 bits wide. For the others only the low half of an argument and of a value is compared,
    /// as libseccomp does it: the kernel does not promise what the high half holds.
    package var hasWideArguments: Bool { self == .x86_64 || self == .aarch64 }
}
