// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// Something that happened while an image was pulled.
public enum PullEvent: Hashable, Sendable {
    /// What happens to one blob.
    public enum BlobState: Hashable, Sendable {
        /// The store has it already.
        case exists
        /// Another process, or another task, is fetching it.
        case waiting
        /// It arrives: bytes so far, those of earlier runs included.
        case downloading(received: Int64)
        /// The transfer broke off and goes on after a wait.
        case retrying(after: Duration)
        /// All of it is there, and its digest is compared.
        case verifying
        /// It is the right one, and what takes layers has not finished with it yet.
        case unpacking
        /// It is in the store, or was taken without being kept.
        case complete
    }

    /// The document that the reference stands for was fetched.
    case resolved(Descriptor)
    /// The manifest of the platform was chosen, with these blobs: the configuration, then the layers from the lowest on.
    case manifest(Descriptor, blobs: [Descriptor])
    /// Something happened to a blob.
    case blob(Descriptor, BlobState)
    /// The image is in the store under its name.
    case finished(PulledImage)
}

/// An image that was pulled.
public struct PulledImage: Hashable, Sendable {
    /// The reference that was asked for.
    public let reference: Reference
    /// The document that it stands for, a manifest or an index, as the store knows it.
    public let descriptor: Descriptor
    /// The manifests that were fetched: one a platform.
    public let manifests: [Descriptor]
    /// Whether the store had the same under that name before, with all its blobs.
    public let wasPresent: Bool
}
