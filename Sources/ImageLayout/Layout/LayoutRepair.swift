// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// What ``ImageLayoutDirectory/check(repairing:)`` does about what it finds.
public enum LayoutRepair: Hashable, Sendable, CaseIterable {
    /// Nothing.
    case nothing
    /// Removes blobs whose content is not what they are known by, so that they can be fetched again.
    case blobs
    /// Removes such blobs, and takes images that are not whole out of the index.
    case images
}
