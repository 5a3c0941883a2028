// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Foundation
import LayerUnpack
import LinuxSystem
import OCISpec
import SystemPackage

/// One layer into one directory, the digests of blob and content verified.
enum UnpackBenchmark {
    /// What one run took.
    struct Result: Encodable {
        /// The time in milliseconds.
        let milliseconds: Double
        /// The most memory that this process had, in bytes.
        let peakBytes: Int
        /// The layer's entries.
        let entries: UInt64
        /// Bytes of its uncompressed stream.
        let streamBytes: UInt64
    }

    static func run(
        layer: String,
        mediaType: String,
        digest: String,
        diffID: String,
        directory: String
    ) throws -> Result {
        let number = unsafe open(layer, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw CocoaError(.fileReadNoSuchFile) }
        guard let compression = MediaType(rawValue: mediaType).layerCompression else {
            throw CocoaError(.featureUnsupported)
        }
        let source = LayerSource(
            OwnedFileDescriptor(takingOver: number),
            compression: compression,
            digest: try Digest(digest),
            diffID: try Digest(diffID)
        )
        let clock = ContinuousClock()
        let start = clock.now
        let reports = try FlatUnpacker().unpack([source], into: FilePath(directory))
        let time = clock.now - start
        return Result(
            milliseconds: time.milliseconds,
            peakBytes: MemoryUse.peak,
            entries: reports[0].entries,
            streamBytes: reports[0].streamBytes
        )
    }
}
