// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import OCISpec

/// The file that a layer's blob is written to, counted and, where asked for, hashed on the way.
final class BlobOutput {
    private let file: OwnedFileDescriptor
    private var hash: StreamHash?
    /// How many bytes were written.
    private(set) var count: UInt64 = 0

    init(_ file: borrowing OwnedFileDescriptor, isHashed: Bool) throws(LayerUnpackError) {
        hash = isHashed ? StreamHash(.sha256) : nil
        do throws(SystemCallError) { self.file = try file.duplicate() } catch {
            throw LayerUnpackError("write layer", error)
        }
    }

    /// The digest of everything so far; `nil` where it is not hashed.
    var digest: OCISpec.Digest? { hash?.finalize() }

    /// Writes the blob's next bytes.
    @unsafe func store(_ bytes: UnsafeRawBufferPointer) throws(LayerUnpackError) {
        unsafe hash?.update(bytes)
        count += UInt64(bytes.count)
        do throws(SystemCallError) { try file.write(unsafe Array(bytes)) } catch {
            throw LayerUnpackError("write layer", error)
        }
    }
}
