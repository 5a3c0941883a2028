// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension LinuxSeccomp {
    /// A flag of seccomp(2).
    ///
    /// Specification: OCI runtime-spec 1.3, config-linux.md, section "Seccomp".
    public enum Flag: String, JSONRepresentable, Codable, CaseIterable, Hashable, Sendable {
        /// All threads get the filter.
        case synchronizeThreads = "SECCOMP_FILTER_FLAG_TSYNC"
        /// Actions other than allow are logged.
        case log = "SECCOMP_FILTER_FLAG_LOG"
        /// Speculative store bypass is not mitigated.
        case speculationAllowed = "SECCOMP_FILTER_FLAG_SPEC_ALLOW"
        /// Only fatal signals interrupt a call that an agent has received.
        case waitKillableReceive = "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"
    }
}
