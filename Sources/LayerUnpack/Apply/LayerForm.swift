// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// What a layer's entries are applied to, which decides what its whiteouts do.
enum LayerForm: Hashable, Sendable {
    /// The tree of all layers so far: whiteouts remove.
    ///
    /// - `hasLowerContent`: Whether there were layers before.
    case flat(hasLowerContent: Bool)
    /// The layer's own directory: whiteouts become overlayfs' marks.
    case overlay(OverlayMarks)
    /// A tree in use that files are copied to: no name is a whiteout, directories that are there stay as they are, and
    /// nothing takes the place of a directory.
    case plain

    /// Whether the tree has content of layers before this one.
    var hasLowerContent: Bool { self == .flat(hasLowerContent: true) }
}
