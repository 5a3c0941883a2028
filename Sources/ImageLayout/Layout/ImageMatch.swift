// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// The entries of a layout's index that a name stands for.
public struct ImageMatch: Hashable, Sendable {
    /// The entries; several where one name is given to an image for each of several platforms.
    public let descriptors: [Descriptor]
    /// The reference under which they are stored, if they have one.
    public let reference: Reference?
}
