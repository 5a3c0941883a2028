// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import ImageLayout
import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport

/// An empty image layout in a directory of its own.
struct StoreFixture: ~Copyable {
    let directory: TemporaryDirectory
    let layout: ImageLayoutDirectory

    init() throws {
        let directory = try TemporaryDirectory()
        layout = try ImageLayoutDirectory.openOrCreate(directory.path.appending("layout"))
        self.directory = directory
    }

    /// The names of the files in a directory of the layout.
    func files(_ path: String) -> [String] {
        let entries = (try? RootDirectory(at: layout.path.appending(path)).entries()) ?? []
        return entries.filter { $0.kind == .regular }.map { String(decoding: $0.name, as: UTF8.self) }.sorted()
    }

    /// Content of blobs that are not complete.
    func partial(_ digest: Digest) -> [UInt8]? {
        try? RootDirectory(at: layout.path).readFile(
            FilePath("ingest/partial/sha256-\(digest.encoded)"),
            limit: 1 << 26
        )
    }
}

/// Bytes that do not repeat soon.
func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    return (0..<count).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return UInt8(truncatingIfNeeded: state >> 32)
    }
}
