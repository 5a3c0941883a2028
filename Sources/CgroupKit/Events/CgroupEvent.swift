// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Something that happened to a group.
public enum CgroupEvent: Hashable, Sendable {
    /// The memory limit of the group, or of one below it, could not be kept without killing.
    ///
    /// `kills` is the number of processes that the OOM killer has ended so far, in the group and below it. Version 1 tells
    /// before it kills, so the number may not count this time yet.
    case outOfMemory(kills: UInt64)
    /// Tasks waited for a resource for longer than this trigger allows.
    case pressure(PressureTrigger)
    /// All processes are stopped; version 2 only.
    case frozen
    /// The processes run again; version 2 only.
    case thawed
    /// The last process of the group and of those below it has ended.
    case emptied
}
