// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// What manifests and indexes have in common.
enum ManifestCheck {
    /// The greatest number of descriptors in a document.
    static let maximumDescriptors = 10_000

    /// Checks version, type and number of descriptors right after the document was read.
    static func check(
        schemaVersion: Int,
        mediaType: MediaType?,
        kind: MediaType.Kind,
        list: (name: String, count: Int),
        at offset: Int
    ) throws(JSONError) {
        guard schemaVersion == 2 else {
            throw JSONError(
                .unsupportedDocument,
                offset: offset,
                detail: "schema version \(schemaVersion) is not supported, only 2"
            ).inside("schemaVersion")
        }
        if let mediaType, mediaType.kind != kind {
            throw JSONError(
                .unsupportedDocument,
                offset: offset,
                detail: "\(mediaType) is the type of another document"
            )
            .inside("mediaType")
        }
        guard list.count <= maximumDescriptors else {
            throw JSONError(
                .tooManyItems,
                offset: offset,
                detail: "\(list.count) descriptors are more than \(maximumDescriptors)"
            ).inside(list.name)
        }
    }

    /// Checks that a document says of itself, if anything, what its descriptor or the server said of it.
    static func check(_ mediaType: MediaType?, expected: MediaType, kind: MediaType.Kind) throws(JSONError) {
        guard expected.kind == kind else {
            throw JSONError(
                .unsupportedDocument,
                offset: 0,
                detail: "\(expected) is the type of another document"
            )
        }
        if let mediaType, mediaType != expected {
            throw JSONError(
                .unsupportedDocument,
                offset: 0,
                detail: "the document says \(mediaType), its descriptor \(expected)"
            ).inside("mediaType")
        }
    }
}
