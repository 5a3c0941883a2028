// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Whether the processes of a group run.
public enum FreezerState: Hashable, Sendable {
    /// They run.
    case thawed
    /// They are being stopped; some still run.
    case freezing
    /// All are stopped, in the group and below it.
    case frozen
}
