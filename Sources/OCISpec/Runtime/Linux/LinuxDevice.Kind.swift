// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension LinuxDevice {
    /// A type of device node.
    ///
    /// Specification: OCI runtime-spec 1.3, config-linux.md, section "Devices".
    public enum Kind: String, JSONRepresentable, Codable, CaseIterable, Hashable, Sendable {
        /// Character device.
        case character = "c"
        /// Block device.
        case block = "b"
        /// Character device, without buffer.
        case unbuffered = "u"
        /// FIFO.
        case fifo = "p"
    }
}
