// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// How a snapshot store keeps its snapshots.
public struct SnapshotOptions: Hashable, Sendable {
    /// What survives a crash of the machine.
    public enum Durability: Hashable, Sendable {
        /// A snapshot is flushed to the device before it becomes visible (`syncfs(2)`).
        case flushed
        /// A snapshot may be damaged when the machine crashes soon after; a crash of the process does no harm.
        case unflushed
    }

    /// How layers are unpacked.
    public var unpack = UnpackOptions()
    /// Where overlayfs' marks are kept; default: in `trusted.` attributes.
    public var marks = OverlayMarks.trusted
    /// What survives a crash; default: everything that is visible.
    public var durability = Durability.flushed

    /// The default options.
    public init() {}
}
