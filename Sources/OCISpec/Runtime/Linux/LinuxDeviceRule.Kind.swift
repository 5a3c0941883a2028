// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension LinuxDeviceRule {
    /// A type of device in a rule.
    ///
    /// Specification: OCI runtime-spec 1.3, config-linux.md, section "Allowed Device list".
    public enum Kind: String, JSONRepresentable, Codable, CaseIterable, Hashable, Sendable {
        /// All devices.
        case all = "a"
        /// Character devices.
        case character = "c"
        /// Block devices.
        case block = "b"
    }
}
