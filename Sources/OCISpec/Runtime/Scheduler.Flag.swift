// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension RuntimeConfiguration.Scheduler {
    /// A scheduling flag.
    ///
    /// See sched_setattr(2).
    public enum Flag: String, JSONRepresentable, Codable, CaseIterable, Hashable, Sendable {
        /// Children do not inherit the policy.
        case resetOnFork = "SCHED_FLAG_RESET_ON_FORK"
        /// Time that others leave unused may be taken.
        case reclaim = "SCHED_FLAG_RECLAIM"
        /// Overruns are signaled by SIGXCPU.
        case deadlineOverrun = "SCHED_FLAG_DL_OVERRUN"
        /// The policy stays as it is.
        case keepPolicy = "SCHED_FLAG_KEEP_POLICY"
        /// The parameters stay as they are.
        case keepParameters = "SCHED_FLAG_KEEP_PARAMS"
        /// A minimum of utilization is set.
        case utilizationClampMinimum = "SCHED_FLAG_UTIL_CLAMP_MIN"
        /// A maximum of utilization is set.
        case utilizationClampMaximum = "SCHED_FLAG_UTIL_CLAMP_MAX"
    }
}
