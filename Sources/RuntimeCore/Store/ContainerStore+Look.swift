// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ImageLayout
public import LayerUnpack
public import LinuxSystem
public import OCISpec
public import SystemPackage

extension ContainerStore {
    /// What an image shows by path, without unpacking it: its layers are read to their ends, and verified.
    ///
    /// - Parameters:
    ///   - image: A reference, a digest, or the first digits of one.
    ///   - platform: The platform, where an image is there for several.
    ///   - contents: Whether contents are hashed, for comparing.
    /// - Returns: The tree of its layers.
    /// - Throws: ``ContainerStoreError``: `imageNotFound`, `invalidImage`, `systemCall`.
    public func tree(
        of image: String,
        platform: Platform = .host,
        contents: LayerListing.Contents = .skipped
    ) throws(ContainerStoreError) -> MergedTree {
        try withLayers(of: image, platform: platform, "read image \(image)") { (layers) throws(LayerUnpackError) in
            try MergedTree(layers, contents: contents)
        }
    }

    /// Compares two images by path, contents included.
    ///
    /// - Parameters:
    ///   - image: The first image: a reference, a digest, or the first digits of one.
    ///   - later: The second image.
    ///   - platform: The platform, where an image is there for several.
    ///   - ignoring: Attributes that do not make a difference.
    /// - Returns: The paths that differ, in the order of the tree.
    /// - Throws: ``ContainerStoreError`` as ``tree(of:platform:contents:)``.
    public func changes(
        from image: String,
        to later: String,
        platform: Platform = .host,
        ignoring: Set<PathChange.Attribute> = []
    ) throws(ContainerStoreError) -> [PathChange] {
        try tree(of: image, platform: platform, contents: .hashed)
            .changes(to: tree(of: later, platform: platform, contents: .hashed), ignoring: ignoring)
    }

    /// Copies what an image has at a path, with everything below it, into a directory of the host.
    ///
    /// Nothing is unpacked. Symbolic links in the path are followed inside the image, never on the host.
    ///
    /// - Parameters:
    ///   - path: Where it is in the image.
    ///   - image: A reference, a digest, or the first digits of one.
    ///   - directory: An existing directory of the host.
    ///   - name: What the copy is called there: a single component. Nothing may have this name.
    ///   - followsLast: Whether a symbolic link at the end of the path is followed, or copied as a link.
    ///   - platform: The platform, where an image is there for several.
    ///   - options: Limits, and what becomes of owners and device nodes.
    /// - Throws: ``ContainerStoreError``: `imageNotFound`, `invalidImage`; `invalidOptions` when the image has nothing
    ///   at the path, or something has the name; `systemCall`, `notPermitted`. Nothing is left then.
    public func extract(
        _ path: ByteText,
        of image: String,
        into directory: FilePath,
        as name: ByteText,
        followsLast: Bool = false,
        platform: Platform = .host,
        options: UnpackOptions = UnpackOptions()
    ) throws(ContainerStoreError) {
        try withLayers(of: image, platform: platform, "copy out of image \(image)") {
            (layers) throws(LayerUnpackError) in
            try MergedTree(layers, limits: options.limits)
                .extract(path, from: layers, into: directory, as: name, followsLast: followsLast, options: options)
        }
    }

    /// Writes the content of a file of an image to a descriptor.
    ///
    /// - Parameters:
    ///   - path: Where the file is in the image; symbolic links are followed there.
    ///   - image: A reference, a digest, or the first digits of one.
    ///   - file: A file, pipe or socket.
    ///   - platform: The platform, where an image is there for several.
    /// - Throws: ``ContainerStoreError``: `imageNotFound`, `invalidImage`; `invalidOptions` when the image has nothing
    ///   at the path, or no file; `systemCall`. Part of the content may be written then.
    public func extract(
        _ path: ByteText,
        of image: String,
        to file: borrowing OwnedFileDescriptor,
        platform: Platform = .host
    ) throws(ContainerStoreError) {
        let lease = try withImageErrors { () throws(ImageLayoutError) in try images.lease() }
        let layers = try sources(of: image, platform: platform)
        do throws(LayerUnpackError) {
            try MergedTree(layers).extract(path, from: layers, to: file)
        } catch {
            throw ContainerStoreError("copy out of image \(image)", error)
        }
        extendLifetime(lease)
    }

    /// Runs `body` with an image's layers; nobody removes them meanwhile.
    private func withLayers<Result>(
        of image: String,
        platform: Platform,
        _ step: @autoclosure () -> String,
        _ body: ([LayerSource]) throws(LayerUnpackError) -> Result
    ) throws(ContainerStoreError) -> Result {
        let lease = try withImageErrors { () throws(ImageLayoutError) in try images.lease() }
        let layers = try sources(of: image, platform: platform)
        let result = try withLayerErrors(step()) { () throws(LayerUnpackError) in try body(layers) }
        extendLifetime(lease)
        return result
    }
}
