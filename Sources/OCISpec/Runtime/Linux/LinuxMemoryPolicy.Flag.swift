// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension LinuxMemoryPolicy {
    /// A flag of a NUMA memory policy mode.
    ///
    /// Specification: OCI runtime-spec 1.3, config-linux.md, section "Memory policy".
    public enum Flag: String, JSONRepresentable, Codable, CaseIterable, Hashable, Sendable {
        /// Pages move to where they are used.
        case numaBalancing = "MPOL_F_NUMA_BALANCING"
        /// Nodes count within the set allowed.
        case relativeNodes = "MPOL_F_RELATIVE_NODES"
        /// Nodes do not follow the set allowed.
        case staticNodes = "MPOL_F_STATIC_NODES"
    }
}
