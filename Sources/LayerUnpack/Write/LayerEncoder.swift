// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// One way in which a layer's tar stream can be compressed.
protocol LayerEncoder: AnyObject {
    /// Takes the stream's next bytes.
    @unsafe func encode(_ bytes: UnsafeRawBufferPointer) throws(LayerUnpackError)

    /// Writes what is held back, and the end of the compressed stream.
    func finish() throws(LayerUnpackError)
}

/// Compresses nothing.
final class PlainEncoder: LayerEncoder {
    private let output: BlobOutput

    init(_ output: BlobOutput) { self.output = output }

    @unsafe func encode(_ bytes: UnsafeRawBufferPointer) throws(LayerUnpackError) { try unsafe output.store(bytes) }

    func finish() throws(LayerUnpackError) {}
}
