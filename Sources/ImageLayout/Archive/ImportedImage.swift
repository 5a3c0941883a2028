// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// An image that an import added to a layout.
public struct ImportedImage: Hashable, Sendable {
    /// The manifest or index.
    public let descriptor: Descriptor
    /// The names it is stored under; empty for an image that had none.
    public let names: [String]
}
