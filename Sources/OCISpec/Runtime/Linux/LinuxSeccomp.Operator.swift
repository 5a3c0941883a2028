// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension LinuxSeccomp {
    /// How an argument is compared.
    ///
    /// Specification: OCI runtime-spec 1.3, config-linux.md, section "Seccomp".
    public enum Operator: String, JSONRepresentable, Codable, CaseIterable, Hashable, Sendable {
        /// Not equal.
        case notEqual = "SCMP_CMP_NE"
        /// Less.
        case less = "SCMP_CMP_LT"
        /// Less or equal.
        case lessOrEqual = "SCMP_CMP_LE"
        /// Equal.
        case equal = "SCMP_CMP_EQ"
        /// Greater or equal.
        case greaterOrEqual = "SCMP_CMP_GE"
        /// Greater.
        case greater = "SCMP_CMP_GT"
        /// Equal after masking.
        case maskedEqual = "SCMP_CMP_MASKED_EQ"
    }
}
