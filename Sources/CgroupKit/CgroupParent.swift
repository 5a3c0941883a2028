// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The group below which relative group names are placed.
public enum CgroupParent: Hashable, Sendable {
    /// This group.
    case group(CgroupPath)
    /// The group that the calling process is in; on version 1 only where it is the same in every hierarchy.
    case caller
}
