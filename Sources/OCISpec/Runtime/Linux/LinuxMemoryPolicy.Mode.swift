// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension LinuxMemoryPolicy {
    /// A mode of NUMA memory policy.
    ///
    /// Specification: OCI runtime-spec 1.3, config-linux.md, section "Memory policy".
    public enum Mode: String, JSONRepresentable, Codable, CaseIterable, Hashable, Sendable {
        /// Node of the processor that runs the thread.
        case `default` = "MPOL_DEFAULT"
        /// Only the nodes given.
        case bind = "MPOL_BIND"
        /// The nodes given in turn.
        case interleave = "MPOL_INTERLEAVE"
        /// The nodes given in turn, by weight.
        case weightedInterleave = "MPOL_WEIGHTED_INTERLEAVE"
        /// The node given first.
        case preferred = "MPOL_PREFERRED"
        /// The nodes given first.
        case preferredMany = "MPOL_PREFERRED_MANY"
        /// The local node.
        case local = "MPOL_LOCAL"
    }
}
