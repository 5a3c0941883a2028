// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// Something that happened while an image was pushed.
public enum PushEvent: Hashable, Sendable {
    /// What happens to one blob.
    public enum BlobState: Hashable, Sendable {
        /// The registry has it already.
        case exists
        /// The registry took it from another of its repositories.
        case mounted(from: String)
        /// It is sent: bytes so far.
        case uploading(sent: Int64)
        /// The transfer broke off and begins again, or goes on, after a wait.
        case retrying(after: Duration)
        /// The registry has it now.
        case complete
    }

    /// These blobs belong to the image.
    case blobs([Descriptor])
    /// Something happened to a blob.
    case blob(Descriptor, BlobState)
    /// A manifest or index was put, under its digest or, the last one, under the tag.
    case manifest(Descriptor)
    /// The image is in the registry.
    case finished(PushedImage)
}

/// An image that was pushed.
public struct PushedImage: Hashable, Sendable {
    /// Where it was pushed to.
    public let reference: Reference
    /// The document that the reference stands for now.
    public let descriptor: Descriptor
    /// The index that the layout has under the name, if only the one platform that is complete there was pushed.
    public let incompleteIndex: Descriptor?
}
