// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem

/// One way in which a layer's tar stream can be compressed.
protocol LayerDecoder {
    /// Fills `buffer` as far as it can and sets its count, which is 0 only at the end of the stream.
    func read(into buffer: ByteBuffer) throws(LayerUnpackError)
}
