// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

extension ImageLayoutDirectory {
    /// Changes annotations that the index has of an image; the image itself and its digest stay what they are.
    ///
    /// - Parameters:
    ///   - name: As for ``find(_:)``.
    ///   - annotations: The new values by key; `nil` takes an annotation away.
    /// - Returns: The entries as they are now.
    /// - Throws: ``ImageLayoutError``: `notFound`, `ambiguous`, `invalidName` for an empty key and for the keys that hold
    ///   an image's name, `systemCall`. The index is then as it was.
    /// - SeeAlso: OCI image-spec 1.1, annotations.md.
    @discardableResult
    public func annotate(
        _ name: String,
        _ annotations: [String: String?]
    ) throws(ImageLayoutError) -> [Descriptor] {
        let reserved = ["", AnnotationKey.referenceName, AnnotationKey.containerdImageName]
        if let key = annotations.keys.first(where: { reserved.contains($0) }) {
            throw ImageLayoutError(
                .invalidName,
                "image \(name)",
                key.isEmpty ? "an annotation has no key" : "the annotation \(key) is its name",
                hint: key.isEmpty ? nil : "tag gives it another one"
            )
        }
        var changed: [Descriptor] = []
        try updateIndex { (index) throws(ImageLayoutError) in
            let found = try find(name, in: index).descriptors
            for position in index.manifests.indices where found.contains(index.manifests[position]) {
                var values = index.manifests[position].annotations ?? [:]
                for (key, value) in annotations { values[key] = value }
                index.manifests[position].annotations = values.isEmpty ? nil : values
                changed.append(index.manifests[position])
            }
            if changed.isEmpty {
                throw ImageLayoutError(
                    .notFound,
                    "image \(name)",
                    "it lies within an index, and has no entry of its own"
                )
            }
        }
        return changed
    }
}
