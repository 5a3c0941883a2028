// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
public import OCISpec
internal import SystemPackage

extension ImageLayoutDirectory {
    /// The layout's index, as it is now.
    ///
    /// - Throws: ``ImageLayoutError``: `notALayout`, `invalidDocument`, `limitExceeded`, `systemCall`.
    public func index() throws(ImageLayoutError) -> ImageIndex {
        let bytes: [UInt8]
        do throws(SystemCallError) {
            bytes = try blobs.root.readFile("index.json", limit: ImageLimits.document, .noSymlinks)
        } catch {
            switch error.errno {
            case .noSuchFileOrDirectory:
                throw ImageLayoutError(.notALayout, "image layout \(path)", "it has no file index.json")
            case .fileTooLarge:
                throw ImageLayoutError(.limitExceeded, "\(path)/index.json", "it has more than the 4 MiB allowed")
            default: throw ImageLayoutError(error, "image layout \(path)")
            }
        }
        return try Self.index(bytes, "\(path)/index.json")
    }

    /// Reads the content of a file `index.json`.
    static func index(_ bytes: [UInt8], _ subject: String) throws(ImageLayoutError) -> ImageIndex {
        let index: ImageIndex
        do throws(JSONError) { index = try ImageIndex(json: bytes) } catch { throw ImageLayoutError(error, subject) }
        guard index.mediaType == nil || index.mediaType == .imageIndex else {
            throw ImageLayoutError(.unsupportedMediaType, subject, "it is not an OCI image index")
        }
        guard index.manifests.count <= ImageLimits.descriptors else {
            throw ImageLayoutError(.limitExceeded, subject, "it lists more than \(ImageLimits.descriptors) images")
        }
        return index
    }

    /// Gives an image that the layout holds a name. An image that had the name before loses it.
    ///
    /// - Parameters:
    ///   - descriptor: A manifest or index whose blob the layout holds.
    ///   - reference: The name; a digest in it must be that of `descriptor`.
    /// - Throws: ``ImageLayoutError``: `notFound`, `sizeMismatch`, `digestMismatch`, `systemCall`. The index is then as
    ///   it was.
    public func tag(_ descriptor: Descriptor, as reference: Reference) throws(ImageLayoutError) {
        if let digest = reference.digest, digest != descriptor.digest {
            throw ImageLayoutError(.digestMismatch, "\(reference)", "the image has the digest \(descriptor.digest)")
        }
        try updateIndex { (index) throws(ImageLayoutError) in
            _ = try blobs.open(descriptor)
            Self.add(descriptor, [ImageName(reference)], to: &index)
        }
    }

    /// Takes a name away from its image. An image without any name left is removed from the index; its blobs stay until
    /// garbage is collected.
    ///
    /// - Parameter name: A name, or the beginning of an ID, as ``find(_:)`` takes it. An ID removes the image with all
    ///   its names.
    /// - Returns: The descriptors that were removed from the index.
    /// - Throws: ``ImageLayoutError``: `notFound`, `ambiguous`, `systemCall`. The index is then as it was.
    @discardableResult
    public func remove(_ name: String) throws(ImageLayoutError) -> [Descriptor] {
        var removed: [Descriptor] = []
        try updateIndex { (index) throws(ImageLayoutError) in
            removed = try find(name, in: index).descriptors
            index.manifests.removeAll { removed.contains($0) }
        }
        return removed
    }

    /// Takes one entry out of the index, and leaves others of the same image.
    ///
    /// - Parameter entry: The entry, as ``index()`` has it.
    /// - Returns: Whether it was there.
    /// - Throws: ``ImageLayoutError``: `notALayout`, `invalidDocument`, `systemCall`. The index is then as it was.
    @discardableResult
    public func remove(entry: Descriptor) throws(ImageLayoutError) -> Bool {
        var count = 0
        try updateIndex { (index) throws(ImageLayoutError) in
            count = index.manifests.count
            index.manifests.removeAll { $0 == entry }
            count -= index.manifests.count
        }
        return count > 0
    }

    /// Reads the index, lets `body` change it, and replaces it durably if it was changed. Writers take turns.
    func updateIndex(_ body: (inout ImageIndex) throws(ImageLayoutError) -> Void) throws(ImageLayoutError) {
        let content = try about("image layout \(path)") { () throws(SystemCallError) in
            try LayoutLock.take(.content, .shared, in: blobs.ingestDirectory())
        }
        let lock = try about("image layout \(path)") { () throws(SystemCallError) in
            try LayoutLock.take(.index, .exclusive, in: blobs.ingestDirectory())
        }
        let old = try index()
        var new = old
        try body(&new)
        if new != old {
            guard new.manifests.count <= ImageLimits.descriptors else {
                throw ImageLayoutError(
                    .limitExceeded,
                    "image layout \(path)",
                    "it would list more than \(ImageLimits.descriptors) images"
                )
            }
            try about("image layout \(path)") { () throws(SystemCallError) in
                try blobs.step(.indexPrepared)
                try blobs.root.replaceFile("index.json", new.json(), mode: 0o644)
                try blobs.step(.indexReplaced)
            }
        }
        _ = consume lock
        _ = consume content
    }

    /// Adds an image under `names`, which no other image keeps; without names it is added unless it is there already.
    static func add(_ descriptor: Descriptor, _ names: [ImageName], to index: inout ImageIndex) {
        let texts = Set(names.map(\.description))
        index.manifests.removeAll { entry in
            // A name that is none cannot be the one that moves.
            if let name = try? ImageName.of(entry) { return texts.contains(name.description) }
            return !names.isEmpty && entry.digest == descriptor.digest
        }
        var plain = descriptor
        plain.annotations?[AnnotationKey.referenceName] = nil
        plain.annotations?[AnnotationKey.containerdImageName] = nil
        if plain.annotations?.isEmpty == true { plain.annotations = nil }
        if names.isEmpty {
            if !index.manifests.contains(where: { $0.digest == plain.digest }) { index.manifests.append(plain) }
            return
        }
        for text in texts.sorted() {
            var entry = plain
            entry.annotations = (plain.annotations ?? [:]).merging([AnnotationKey.referenceName: text]) { _, new in new
            }
            index.manifests.append(entry)
        }
    }
}
