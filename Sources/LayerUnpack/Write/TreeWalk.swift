// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// Goes through a tree in the order of its names and writes every file.
struct TreeWalk {
    private(set) var writer: EntryWriter

    init(_ writer: EntryWriter) { self.writer = writer }

    /// Writes the tree's root and everything below it.
    mutating func write(_ root: TreeDirectory) throws(LayerUnpackError) {
        try writer.add(root, at: [])
        try writeContents(of: root, at: [], device: root.identity)
    }

    /// Writes what is called `name` in `directory`, and everything below it, under the name `path`.
    mutating func write(_ name: [UInt8], in directory: TreeDirectory, as path: [UInt8]) throws(LayerUnpackError) {
        guard let status = try directory.status(name) else {
            throw LayerUnpackError(.pathMissing, "read file", detail: "it is gone").about(name)
        }
        let device = status.kind == .directory ? try directory.directory(name).identity : directory.identity
        try write(name, in: directory, at: path, device: device)
    }

    private mutating func writeContents(
        of directory: TreeDirectory,
        at path: [UInt8],
        device: FileIdentity
    ) throws(LayerUnpackError) {
        for name in try directory.sortedNames() {
            let full = TreeChange.path(path, name)
            do throws(LayerUnpackError) { try write(name, in: directory, at: full, device: device) } catch {
                throw error.about(full)
            }
        }
    }

    private mutating func write(
        _ name: [UInt8],
        in directory: TreeDirectory,
        at path: [UInt8],
        device: FileIdentity
    ) throws(LayerUnpackError) {
        guard let status = try directory.status(name) else { return }
        guard status.kind == .directory else { return try writer.add(name, in: directory, at: path, status) }
        guard let inner = try directory.directoryIfPresent(name) else { return }
        try writer.add(inner, at: path)
        if inner.identity.isOnDevice(of: device) { try writeContents(of: inner, at: path, device: device) }
    }
}

extension TreeDirectory {
    /// The names in this directory, by their bytes.
    func sortedNames() throws(LayerUnpackError) -> [[UInt8]] {
        try entries().map(\.name).sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// Opens the directory `name`; `nil` when it is gone.
    func directoryIfPresent(_ name: [UInt8]) throws(LayerUnpackError) -> TreeDirectory? {
        do throws(LayerUnpackError) { return try directory(name) } catch {
            if error.errno == .noSuchFileOrDirectory { return nil }
            throw error
        }
    }
}

extension FileIdentity {
    /// Whether both are on one device.
    func isOnDevice(of other: FileIdentity) -> Bool {
        deviceMajor == other.deviceMajor && deviceMinor == other.deviceMinor
    }
}
