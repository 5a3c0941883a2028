// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Foundation
import LayerUnpack
import LinuxSystem
import OCISpec
import SystemPackage

/// One layer into one directory, verified against nothing but its own framing.
enum UnpackBenchmark {
    static func run(layer: String, mediaType: String, directory: String) throws -> Duration {
        let number = unsafe open(layer, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw CocoaError(.fileReadNoSuchFile) }
        guard let compression = MediaType(rawValue: mediaType).layerCompression else {
            throw CocoaError(.featureUnsupported)
        }
        let source = LayerSource(OwnedFileDescriptor(takingOver: number), compression: compression)

        return try ContinuousClock().measure { try FlatUnpacker().unpack([source], into: FilePath(directory)) }
    }
}
