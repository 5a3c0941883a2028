// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The images of a layout.
public struct ImageList: Hashable, Sendable {
    /// The images that can be read, in the order of the index.
    public var images: [ImageSummary] = []
    /// Why entries of the index are not among ``images``: damaged, incomplete, or no images.
    public var problems: [ImageLayoutError] = []
}
