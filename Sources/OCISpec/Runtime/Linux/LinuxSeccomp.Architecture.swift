// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension LinuxSeccomp {
    /// An architecture whose system calls a filter knows.
    ///
    /// Specification: OCI runtime-spec 1.3, config-linux.md, section "Seccomp".
    public enum Architecture: String, JSONRepresentable, Codable, CaseIterable, Hashable, Sendable {
        /// `X86`.
        case x86 = "SCMP_ARCH_X86"
        /// `X86_64`.
        case x86_64 = "SCMP_ARCH_X86_64"
        /// `X32`.
        case x32 = "SCMP_ARCH_X32"
        /// `ARM`.
        case arm = "SCMP_ARCH_ARM"
        /// `AARCH64`.
        case aarch64 = "SCMP_ARCH_AARCH64"
        /// `MIPS`.
        case mips = "SCMP_ARCH_MIPS"
        /// `MIPS64`.
        case mips64 = "SCMP_ARCH_MIPS64"
        /// `MIPS64N32`.
        case mips64n32 = "SCMP_ARCH_MIPS64N32"
        /// `MIPSEL`.
        case mipsel = "SCMP_ARCH_MIPSEL"
        /// `MIPSEL64`.
        case mipsel64 = "SCMP_ARCH_MIPSEL64"
        /// `MIPSEL64N32`.
        case mipsel64n32 = "SCMP_ARCH_MIPSEL64N32"
        /// `PPC`.
        case ppc = "SCMP_ARCH_PPC"
        /// `PPC64`.
        case ppc64 = "SCMP_ARCH_PPC64"
        /// `PPC64LE`.
        case ppc64le = "SCMP_ARCH_PPC64LE"
        /// `S390`.
        case s390 = "SCMP_ARCH_S390"
        /// `S390X`.
        case s390x = "SCMP_ARCH_S390X"
        /// `PARISC`.
        case parisc = "SCMP_ARCH_PARISC"
        /// `PARISC64`.
        case parisc64 = "SCMP_ARCH_PARISC64"
        /// `RISCV64`.
        case riscv64 = "SCMP_ARCH_RISCV64"
        /// `LOONGARCH64`.
        case loongarch64 = "SCMP_ARCH_LOONGARCH64"
        /// `M68K`.
        case m68k = "SCMP_ARCH_M68K"
        /// `SH`.
        case sh = "SCMP_ARCH_SH"
        /// `SHEB`.
        case sheb = "SCMP_ARCH_SHEB"
    }
}
