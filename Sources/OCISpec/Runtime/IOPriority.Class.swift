// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension RuntimeConfiguration.IOPriority {
    /// An input/output scheduling class.
    ///
    /// See ioprio_set(2).
    public enum Class: String, JSONRepresentable, Codable, CaseIterable, Hashable, Sendable {
        /// First access to the disk.
        case realtime = "IOPRIO_CLASS_RT"
        /// The usual class.
        case bestEffort = "IOPRIO_CLASS_BE"
        /// Only when nobody else uses the disk.
        case idle = "IOPRIO_CLASS_IDLE"
    }
}
