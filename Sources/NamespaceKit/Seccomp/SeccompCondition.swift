// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A test of one argument of a system call.
public struct SeccompCondition: Hashable, Sendable {
    /// How an argument is compared; numbers are unsigned.
    public enum Comparison: String, Hashable, Sendable, CaseIterable {
        /// The argument differs from the value.
        case notEqual = "SCMP_CMP_NE"
        /// The argument is less than the value.
        case less = "SCMP_CMP_LT"
        /// The argument is less than or equal to the value.
        case lessOrEqual = "SCMP_CMP_LE"
        /// The argument equals the value.
        case equal = "SCMP_CMP_EQ"
        /// The argument is greater than or equal to the value.
        case greaterOrEqual = "SCMP_CMP_GE"
        /// The argument is greater than the value.
        case greater = "SCMP_CMP_GT"
        /// The argument's bits under the mask `value` equal those of `valueTwo`.
        case maskedEqual = "SCMP_CMP_MASKED_EQ"

        /// Reads a comparison as the runtime specification spells it.
        ///
        /// - Throws: ``SeccompError``: `unknownOperator`.
        public init(ociName: String) throws(SeccompError) {
            guard let known = Self(rawValue: ociName) else { throw SeccompError(.unknownOperator, subject: ociName) }
            self = known
        }

        /// The specification's name of the comparison.
        public var ociName: String { rawValue }
    }

    /// Which argument, 0 to 5.
    public var index: UInt32
    /// How it is compared.
    public var comparison: Comparison
    /// What it is compared with; for ``Comparison/maskedEqual`` the mask.
    public var value: UInt64
    /// For ``Comparison/maskedEqual`` what the masked argument is compared with; otherwise unused.
    public var valueTwo: UInt64

    /// Makes a condition. The index is checked when a profile is compiled.
    public init(index: UInt32, _ comparison: Comparison, value: UInt64, valueTwo: UInt64 = 0) {
        self.index = index
        self.comparison = comparison
        self.value = value
        self.valueTwo = valueTwo
    }
}
