// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import LinuxSystem
import OCISpec
import SystemPackage

@testable import LayerUnpack

/// A layer that was written in memory.
struct LayerFile {
    let written: WrittenLayer
    let bytes: [UInt8]

    /// Takes what `write` writes to the file that it is given.
    init(_ write: (borrowing OwnedFileDescriptor) throws -> WrittenLayer) throws {
        let file = try OwnedFileDescriptor.memory(name: "layer")
        written = try write(file)
        let path = FilePath("/proc/self/fd/\(file.rawValue)")
        bytes = try OwnedFileDescriptor.open(path, CLINUX_O_RDONLY).readAll(limit: 1 << 28)
    }

    /// The layer to unpack, with all that was said of it.
    var source: LayerSource {
        LayerSource(
            memory(bytes),
            compression: written.mediaType.layerCompression ?? .none,
            size: written.size,
            digest: written.digest,
            diffID: written.diffID
        )
    }

    /// The names of the entries, in order.
    func names() throws -> [String] {
        let reader = try TarReader(source, limits: LayerLimits())
        var names: [String] = []
        while let entry = try reader.next() { names.append(String(decoding: entry.name, as: UTF8.self)) }
        return names
    }

    /// Makes a file of it.
    func save(at path: FilePath) throws {
        try OwnedFileDescriptor.open(path, CLINUX_O_WRONLY | CLINUX_O_CREAT | CLINUX_O_EXCL, mode: 0o600).write(bytes)
    }
}
