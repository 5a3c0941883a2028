// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension RuntimeConfiguration.Scheduler {
    /// A scheduling policy.
    ///
    /// See sched(7).
    public enum Policy: String, JSONRepresentable, Codable, CaseIterable, Hashable, Sendable {
        /// The usual policy.
        case other = "SCHED_OTHER"
        /// Real time, first in, first out.
        case fifo = "SCHED_FIFO"
        /// Real time, in turn.
        case roundRobin = "SCHED_RR"
        /// For work without interaction.
        case batch = "SCHED_BATCH"
        /// Reserved; the kernel does not implement it.
        case iso = "SCHED_ISO"
        /// Only when nothing else runs.
        case idle = "SCHED_IDLE"
        /// Earliest deadline first.
        case deadline = "SCHED_DEADLINE"
    }
}
