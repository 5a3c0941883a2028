// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension LinuxPersonality {
    /// An execution domain.
    ///
    /// Specification: OCI runtime-spec 1.3, config-linux.md, section "Personality".
    public enum Domain: String, JSONRepresentable, Codable, CaseIterable, Hashable, Sendable {
        /// The usual one.
        case linux = "LINUX"
        /// `uname(2)` tells a 32-bit machine.
        case linux32 = "LINUX32"
    }
}
