// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import ImageLayout
import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport

/// A fresh layout in a directory of its own.
struct TestLayout: ~Copyable {
    let directory: TemporaryDirectory
    let layout: ImageLayoutDirectory

    init(onStep: (@Sendable (IngestStep) -> SystemCallError?)? = nil) throws {
        let directory = try TemporaryDirectory()
        layout = try ImageLayoutDirectory.openOrCreate(directory.path.appending("layout"), onStep: onStep)
        self.directory = directory
    }

    /// Writes a file beside the layout.
    func file(_ name: String, _ bytes: [UInt8]) throws -> FilePath {
        let path = directory.path.appending(name)
        // Blobs are read-only files; a test that damages one replaces it.
        try? RootDirectory(at: directory.path).removeFile(FilePath(name))
        try OwnedFileDescriptor.open(path, CLINUX_O_WRONLY | CLINUX_O_CREAT | CLINUX_O_EXCL, mode: 0o644).write(bytes)
        return path
    }

    /// Everything in the layout but the lock, with sizes; what a failed operation must leave as it was.
    func contents() throws -> [String] { try Self.contents(layout.path) }

    static func contents(_ path: FilePath) throws -> [String] {
        var found: [String] = []
        for folder in ["blobs/sha256", "blobs/sha512", "ingest", "."] {
            guard let directory = try? RootDirectory(at: path.appending(folder)) else { continue }
            for entry in try directory.entries() where entry.kind == .regular && entry.name != Array("lock".utf8) {
                let name = String(decoding: entry.name, as: UTF8.self)
                found.append("\(folder)/\(name) \(try directory.status(FilePath(name)).size)")
            }
        }
        return found.sorted()
    }
}

/// The error that `body` throws.
func failure<Value: ~Copyable>(_ body: () throws(ImageLayoutError) -> Value) -> ImageLayoutError? {
    do throws(ImageLayoutError) {
        _ = try body()
        return nil
    } catch {
        return error
    }
}
