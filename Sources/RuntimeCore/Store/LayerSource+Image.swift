// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import ImageLayout
public import LayerUnpack
internal import LinuxSystem

extension LayerSource {
    /// A layer of an image in a layout, whose blob was verified when it came in: its size and diffID are compared.
    ///
    /// - Throws: ``LayerUnpackError``: `unsupportedMediaType`, `sizeMismatch`, `systemCall`.
    public convenience init(_ blob: borrowing Blob, of layer: ResolvedImage.Layer) throws(LayerUnpackError) {
        let file: OwnedFileDescriptor
        do throws(SystemCallError) { file = try blob.file.duplicate() } catch {
            throw LayerUnpackError("open layer", error)
        }
        try self.init(file, layer: layer.descriptor, diffID: layer.diffID)
    }
}
