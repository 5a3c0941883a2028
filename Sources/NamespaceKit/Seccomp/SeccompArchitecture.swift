// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// An architecture's system call interface, as the runtime specification names them.
///
/// Programs say something about ``x86``, ``x86_64``, ``x32``, ``arm`` and ``aarch64``.
public enum SeccompArchitecture: String, Hashable, Sendable, CaseIterable {
    /// The calls of i386, which 64-bit processes can make too.
    case x86 = "SCMP_ARCH_X86"
    /// The calls of x86_64.
    case x86_64 = "SCMP_ARCH_X86_64"
    /// The calls of x86_64 with 32-bit pointers: numbers with bit 30 set.
    case x32 = "SCMP_ARCH_X32"
    /// The calls of 32-bit ARM, EABI.
    case arm = "SCMP_ARCH_ARM"
    /// The calls of 64-bit ARM.
    case aarch64 = "SCMP_ARCH_AARCH64"
    /// The calls of mips.
    case mips = "SCMP_ARCH_MIPS"
    /// The calls of mips64.
    case mips64 = "SCMP_ARCH_MIPS64"
    /// The calls of mips64n32.
    case mips64n32 = "SCMP_ARCH_MIPS64N32"
    /// The calls of mipsel.
    case mipsel = "SCMP_ARCH_MIPSEL"
    /// The calls of mipsel64.
    case mipsel64 = "SCMP_ARCH_MIPSEL64"
    /// The calls of mipsel64n32.
    case mipsel64n32 = "SCMP_ARCH_MIPSEL64N32"
    /// The calls of ppc.
    case ppc = "SCMP_ARCH_PPC"
    /// The calls of ppc64.
    case ppc64 = "SCMP_ARCH_PPC64"
    /// The calls of ppc64le.
    case ppc64le = "SCMP_ARCH_PPC64LE"
    /// The calls of s390.
    case s390 = "SCMP_ARCH_S390"
    /// The calls of s390x.
    case s390x = "SCMP_ARCH_S390X"
    /// The calls of parisc.
    case parisc = "SCMP_ARCH_PARISC"
    /// The calls of parisc64.
    case parisc64 = "SCMP_ARCH_PARISC64"
    /// The calls of riscv64.
    case riscv64 = "SCMP_ARCH_RISCV64"
    /// The calls of loongarch64.
    case loongarch64 = "SCMP_ARCH_LOONGARCH64"
    /// The calls of Motorola 68000.
    case m68k = "SCMP_ARCH_M68K"
    /// The calls of SuperH.
    case sh = "SCMP_ARCH_SH"
    /// The calls of big-endian SuperH.
    case sheb = "SCMP_ARCH_SHEB"

    /// Reads an architecture as the runtime specification spells it, for example `SCMP_ARCH_X86_64`.
    ///
    /// - Throws: ``SeccompError``: `unknownArchitecture`.
    public init(ociName: String) throws(SeccompError) {
        guard let known = Self(rawValue: ociName) else { throw SeccompError(.unknownArchitecture, subject: ociName) }
        self = known
    }

    /// The specification's name of the architecture.
    public var ociName: String { rawValue }

    /// Whether a filter for a little-endian machine may name it, as with libseccomp. Of these, the calls of an
    /// architecture outside of the machine's ``family`` cannot be made, so a filter has nothing to say about them.
    public var isLittleEndian: Bool {
        switch self {
        case .x86, .x86_64, .x32, .arm, .aarch64, .mipsel, .mipsel64, .mipsel64n32, .ppc64le, .riscv64, .loongarch64,
            .sh:
            true
        case .mips, .mips64, .mips64n32, .ppc, .ppc64, .s390, .s390x, .parisc, .parisc64, .m68k, .sheb: false
        }
    }

    /// The architecture this code was built for.
    public static var native: SeccompArchitecture {
        #if arch(x86_64)
        .x86_64
        #elseif arch(arm64)
        .aarch64
        #else
        #error("seccomp programs are made for x86_64 and aarch64 hosts")
        #endif
    }

    /// The architectures whose calls a kernel of this architecture can take, itself first.
    public var family: [SeccompArchitecture] {
        switch self {
        case .x86_64: [.x86_64, .x86, .x32]
        case .aarch64: [.aarch64, .arm]
        default: [self]
        }
    }
}
