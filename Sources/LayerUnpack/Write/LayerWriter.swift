// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
public import LinuxSystem
public import SystemPackage

/// Writes a directory tree as a layer. The same tree gives the same bytes every time.
///
/// Names are sorted by their bytes; owners, modes, times to the nanosecond, hard links, device nodes and the extended
/// attributes that a layer may set are kept. Names are written as they are: a file called `.wh.NAME` is a whiteout.
public struct LayerWriter: Sendable {
    /// How a layer that we write is compressed.
    public enum Compression: Hashable, Sendable {
        /// Not at all.
        case none
        /// By zlib at its default level.
        case gzip
    }

    /// What time stamps the entries get.
    public enum ModificationTimes: Hashable, Sendable {
        /// Those of the tree.
        case asFound
        /// One for all, in seconds since 1970, so that the layer does not depend on when its tree was made.
        case fixed(Int64)
    }

    /// How the layer is compressed.
    public var compression: Compression
    /// What time stamps the entries get.
    public var modificationTimes: ModificationTimes

    /// A writer.
    public init(compression: Compression = .gzip, modificationTimes: ModificationTimes = .asFound) {
        self.compression = compression
        self.modificationTimes = modificationTimes
    }

    /// Writes what is in `tree`, the tree's root included, to `file` from its current offset on.
    ///
    /// Symbolic links are not followed, and other mounts are not entered.
    ///
    /// - Throws: ``LayerUnpackError``: `systemCall` for what cannot be read or written. `file` has part of a layer then.
    /// - Note: Needs to read every file of the tree. Linux 5.6 or later.
    public func write(_ tree: FilePath, to file: borrowing OwnedFileDescriptor) throws(LayerUnpackError) -> WrittenLayer
    {
        let root: TreeDirectory
        do throws(SystemCallError) {
            let descriptor = try OwnedFileDescriptor.open(tree, CLINUX_O_RDONLY | CLINUX_O_DIRECTORY)
            root = try Self.directory(descriptor)
        } catch {
            throw LayerUnpackError("open tree", error)
        }
        let sink = try LayerSink(file, compression: compression)
        let archive = try TarWriter(sink)
        var walk = TreeWalk(archive, modificationTimes)
        try walk.write(root)
        try archive.finish()
        return try sink.finish(entries: walk.entries, skippedSockets: walk.skippedSockets)
    }

    private static func directory(_ descriptor: consuming OwnedFileDescriptor) throws(SystemCallError) -> TreeDirectory
    {
        do throws(LayerUnpackError) { return try TreeDirectory(descriptor) } catch {
            throw error.cause ?? SystemCallError(call: "statx", errno: .ioError)
        }
    }
}
