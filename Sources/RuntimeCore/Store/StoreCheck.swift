// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import ImageLayout

/// What was found when a store was checked.
public struct StoreCheck: Hashable, Sendable {
    /// What was found among the images.
    public let images: LayoutCheck
    /// What is wrong with containers, and with what they need.
    public internal(set) var problems: [ContainerStoreError] = []
    /// Names of containers that are gone, which were removed.
    public internal(set) var removedNames: [String] = []
    /// How many containers were looked at.
    public internal(set) var containers = 0

    init(images: LayoutCheck) { self.images = images }

    /// Whether nothing is wrong.
    public var isSound: Bool { images.isSound && problems.isEmpty }
}
