// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension ContainerState {
    /// How far a container is in its life.
    ///
    /// Specification: OCI runtime-spec 1.3, runtime.md, section "State".
    public enum Status: String, JSONRepresentable, Codable, CaseIterable, Hashable, Sendable {
        /// It is being created.
        case creating
        /// It is set up and its process waits to be started.
        case created
        /// Its process runs.
        case running
        /// Its process has exited.
        case stopped
    }
}
