// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec
public import SystemPackage

extension ImageLayoutDirectory {
    /// Writes images into another image layout directory, with every platform that is here.
    ///
    /// What the directory has stays; an image that had one of the names loses it.
    ///
    /// - Parameters:
    ///   - names: As for ``find(_:)``.
    ///   - path: The directory: an image layout, empty, or not there yet.
    /// - Throws: ``ImageLayoutError``: `notFound`, `ambiguous`, `notALayout`, and as
    ///   ``importArchive(from:name:as:limits:)``. The other directory's index is then as it was.
    public func export(_ names: [String], toLayout path: FilePath) throws(ImageLayoutError) {
        let lease = try lease()
        var entries: [Descriptor] = []
        for name in names {
            let match = try find(name)
            for descriptor in match.descriptors {
                var entry = descriptor
                if let reference = match.reference {
                    let name = [AnnotationKey.referenceName: "\(reference)"]
                    entry.annotations = (descriptor.annotations ?? [:]).merging(name) { _, new in new }
                }
                if !entries.contains(entry) { entries.append(entry) }
            }
        }
        let target = try ImageLayoutDirectory.openOrCreate(path)
        try target.add(entries, from: self, as: nil)
        _ = consume lease
    }
}
