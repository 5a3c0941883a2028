// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
public import LinuxSystem
public import SystemPackage

/// Writes a directory tree, or what changed in one, as a layer. The same input gives the same bytes every time.
///
/// Names are sorted by their bytes, whiteouts first; owners, modes, times to the nanosecond, hard links, device nodes and
/// the extended attributes that a layer may set are kept. Sockets are left out, as a layer has no form for them.
///
/// Holes of sparse files are not read, and written as the zeros that they stand for: the specification advises against
/// sparse entries, since not every reader restores them, and where a file has holes depends on its file system.
///
/// - SeeAlso: OCI image-spec 1.1, layer.md.
public struct LayerWriter: Hashable, Sendable {
    /// How a layer that we write is compressed.
    public enum Compression: Hashable, Sendable {
        /// Not at all.
        case none
        /// By zlib at its default level.
        case gzip
        /// By Zstandard at its default level, in one frame.
        case zstd
    }

    /// What time stamps the entries get.
    public enum ModificationTimes: Hashable, Sendable {
        /// Those of the tree; whiteouts, which have none, get 1970.
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
    /// Symbolic links are not followed, and other mounts are not entered. Names are written as they are: a file called
    /// `.wh.NAME` becomes a whiteout.
    ///
    /// - Parameters:
    ///   - tree: The tree's root.
    ///   - file: Where the layer goes: a file, pipe or socket.
    /// - Returns: What an image has to say of the layer.
    /// - Throws: ``LayerUnpackError``: `systemCall` for what cannot be read or written, `truncated` for a file that
    ///   became shorter, `cancelled`. `file` has part of a layer then.
    /// - Note: Needs to read every file of the tree. Linux 5.6 or later.
    public func write(_ tree: FilePath, to file: borrowing OwnedFileDescriptor) throws(LayerUnpackError) -> WrittenLayer
    {
        try write(try TreeDirectory(tree: tree), to: file)
    }

    /// Writes what is in the open directory or detached mount `tree`; as ``write(_:to:)-(FilePath,_)``.
    public func write(
        _ tree: borrowing OwnedFileDescriptor,
        to file: borrowing OwnedFileDescriptor
    ) throws(LayerUnpackError) -> WrittenLayer {
        try write(try TreeDirectory(at: tree), to: file)
    }

    private func write(
        _ root: TreeDirectory,
        to file: borrowing OwnedFileDescriptor
    ) throws(LayerUnpackError) -> WrittenLayer {
        try write(to: file) { (writer) throws(LayerUnpackError) in
            var walk = TreeWalk(writer)
            try walk.write(root)
            return walk.writer
        }
    }

    /// Writes one archive, with the entries that `body` gives to the writer.
    func write(
        to file: borrowing OwnedFileDescriptor,
        _ body: (EntryWriter) throws(LayerUnpackError) -> EntryWriter
    ) throws(LayerUnpackError) -> WrittenLayer {
        let sink = try LayerSink(file, compression: compression)
        let archive = try TarWriter(sink)
        let writer = try body(EntryWriter(archive, modificationTimes))
        try archive.finish()
        return try sink.finish(entries: writer.entries, skippedSockets: writer.skippedSockets)
    }
}

extension TreeDirectory {
    /// Opens the root of a tree that is only read.
    convenience init(tree path: FilePath) throws(LayerUnpackError) {
        let opened: OwnedFileDescriptor
        do throws(SystemCallError) { opened = try .open(path, CLINUX_O_RDONLY | CLINUX_O_DIRECTORY) } catch {
            throw LayerUnpackError("open tree", error)
        }
        try self.init(opened)
    }

    /// Opens the directory that a descriptor stands for, which may be that of a mount and know nothing but its place.
    convenience init(at descriptor: borrowing OwnedFileDescriptor) throws(LayerUnpackError) {
        let opened: OwnedFileDescriptor
        do throws(SystemCallError) {
            let place = RootDirectory(takingOver: try descriptor.duplicate())
            opened = try place.open(".", CLINUX_O_RDONLY | CLINUX_O_DIRECTORY)
        } catch {
            throw LayerUnpackError("open tree", error)
        }
        try self.init(opened)
    }
}
