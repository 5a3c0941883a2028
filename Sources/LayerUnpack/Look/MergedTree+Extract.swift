// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import LinuxSystem
public import SystemPackage

extension MergedTree {
    /// Copies what an image has at a path, with everything below it, into a directory, without unpacking the rest.
    ///
    /// Symbolic links in the path are followed inside the image, never on the host. The copy is made under a name of its
    /// own in `directory` and gets `name` once it is whole.
    ///
    /// - Parameters:
    ///   - path: Where it is in the image.
    ///   - layers: The layers that this tree was read from, in the same order. They are read again, and verified again.
    ///   - directory: An existing directory of the host.
    ///   - name: What the copy is called there: a single component. Nothing may have this name.
    ///   - followsLast: Whether a symbolic link at the end of the path is followed, or copied as a link.
    ///   - options: Limits, and what becomes of owners and device nodes.
    /// - Throws: ``LayerUnpackError``: `pathMissing`; `badName` for a name that is no single component;
    ///   `targetNotEmpty` when something has the name; what is wrong with the layers. Nothing is left then.
    /// - Note: Needs what ``FlatUnpacker`` needs; nothing but the right to write with ``UnpackOptions/OwnerPolicy/caller``
    ///   and ``UnpackOptions/DevicePolicy/skip``.
    public func extract(
        _ path: ByteText,
        from layers: [LayerSource],
        into directory: FilePath,
        as name: ByteText,
        followsLast: Bool = false,
        options: UnpackOptions = UnpackOptions()
    ) throws(LayerUnpackError) {
        let top = try expect(path, followsLast: followsLast)
        let staging = try StagingDirectory(in: directory, for: name)
        do throws(LayerUnpackError) {
            let extraction = TreeExtraction(staging.root, options: options)
            try extraction.run(entries[subtree(at: top)], layers)
            try staging.publish()
        } catch {
            staging.remove()
            throw error
        }
    }

    /// Writes the content of a file of an image to a descriptor, from its current offset on; holes become zeros.
    ///
    /// - Parameters:
    ///   - path: Where the file is in the image; symbolic links are followed there.
    ///   - layers: The layers that this tree was read from, in the same order. The file's layer is read again to its end,
    ///     and verified again.
    ///   - file: A file, pipe or socket.
    ///   - limits: What the layer may ask for.
    /// - Throws: ``LayerUnpackError``: `pathMissing`, `notRegularFile`, `systemCall`, what is wrong with the layer. Part
    ///   of the content may be written then.
    public func extract(
        _ path: ByteText,
        from layers: [LayerSource],
        to file: borrowing OwnedFileDescriptor,
        limits: LayerLimits = LayerLimits()
    ) throws(LayerUnpackError) {
        let found = entries[try expect(path, followsLast: true)]
        guard found.entry.kind == .file || found.entry.kind == .hardLink else {
            throw LayerUnpackError(.notRegularFile, "read file", detail: "it is a \(found.entry.kind.rawValue)")
                .about(path.bytes)
        }
        guard let ordinal = found.ordinal, layers.indices.contains(found.layer) else {
            throw LayerUnpackError(.pathMissing, "read file", detail: "its layer is not given").about(path.bytes)
        }
        do throws(LayerUnpackError) {
            let reader = try TarReader(layers[found.layer], limits: limits)
            var position: UInt64 = 0
            while let entry = try reader.next() {
                if Task.isCancelled { throw LayerUnpackError(.cancelled, "read file") }
                if position == ordinal { try Self.copy(entry, reader, to: file) }
                position += 1
            }
            _ = try reader.finish()
        } catch {
            throw error.inLayer(found.layer)
        }
    }

    private static func copy(
        _ entry: TarEntry,
        _ reader: TarReader,
        to file: borrowing OwnedFileDescriptor
    ) throws(LayerUnpackError) {
        if entry.size == 0 { return }
        let number = file.rawValue
        try unsafe reader.streamContent(of: entry) { (piece) throws(LayerUnpackError) in
            try unsafe OpenFile.write(piece, to: number)
        }
    }

    /// The position of what is at a path.
    private func expect(_ path: ByteText, followsLast: Bool) throws(LayerUnpackError) -> Int {
        guard let position = position(of: path.bytes, followsLast: followsLast) else {
            throw LayerUnpackError(.pathMissing, "find path", detail: "the image has nothing there").about(path.bytes)
        }
        return position
    }
}
