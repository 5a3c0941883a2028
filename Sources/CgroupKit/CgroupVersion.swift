// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The two interfaces that the kernel has for control groups.
public enum CgroupVersion: Hashable, Sendable {
    /// One hierarchy for each controller, or for a few of them.
    case v1
    /// One hierarchy for all controllers.
    case v2
}
