// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// Turns files of a tree into entries of a layer. Of a file with several names the first is written whole, the others as
/// links to it.
struct EntryWriter {
    private let archive: TarWriter
    private let times: LayerWriter.ModificationTimes
    private var content = ContentReader()
    /// The first name of each file that has several.
    private var firstNames: [FileIdentity: [UInt8]] = [:]
    /// Whom the owners of the tree's files are in the layer, if they are others there.
    var translation: OwnerTranslation?
    private(set) var entries: UInt64 = 0
    private(set) var skippedSockets: UInt64 = 0

    init(_ archive: TarWriter, _ times: LayerWriter.ModificationTimes) {
        self.archive = archive
        self.times = times
    }

    /// Writes the entry of the directory at `path`, which is empty for the tree's root.
    mutating func add(_ directory: TreeDirectory, at path: [UInt8]) throws(LayerUnpackError) {
        let status = try Self.status(directory.descriptor)
        let name = path.isEmpty ? Array("./".utf8) : path + [UInt8(ascii: "/")]
        try add(entry(.directory, name, status, try Self.attributes(of: directory.descriptor, .directory)))
    }

    /// Writes the entry of `name` in `directory`, which is anything but a directory and has `path` in the layer. One that
    /// is gone meanwhile is left out.
    mutating func add(
        _ name: [UInt8],
        in directory: TreeDirectory,
        at path: [UInt8],
        _ status: FileStatus
    ) throws(LayerUnpackError) {
        if status.kind == .socket {
            skippedSockets += 1
            return
        }
        if status.linkCount > 1, let first = firstNames[FileIdentity(status)] {
            var link = entry(.hardLink, path, status, [])
            link.linkTarget = first
            return try add(link)
        }
        do throws(LayerUnpackError) { try addWhole(name, in: directory, at: path, status) } catch {
            if error.errno == .noSuchFileOrDirectory { return }
            throw error
        }
        if status.linkCount > 1 { firstNames[FileIdentity(status)] = path }
    }

    /// Writes that lower layers' `name` is not there.
    mutating func addWhiteout(of name: [UInt8], in path: [UInt8]) throws(LayerUnpackError) {
        try addMark(TreeChange.path(path, Whiteout.prefix + name))
    }

    /// Writes that what lower layers have in the directory `path` is not there.
    mutating func addOpaqueMark(in path: [UInt8]) throws(LayerUnpackError) {
        try addMark(TreeChange.path(path, Whiteout.opaqueName))
    }

    private mutating func addWhole(
        _ name: [UInt8],
        in directory: TreeDirectory,
        at path: [UInt8],
        _ status: FileStatus
    ) throws(LayerUnpackError) {
        switch status.kind {
        case .regular: try addFile(name, in: directory, at: path)
        case .symlink:
            var link = entry(.symlink, path, status, [])
            link.linkTarget = try directory.readLink(name)
            try add(link)
        case .character: try add(entry(.character, path, status, []))
        case .block: try add(entry(.block, path, status, []))
        case .fifo: try add(entry(.fifo, path, status, []))
        case .directory, .socket, .unknown:
            throw LayerUnpackError(.unsupportedEntry, "write entry", detail: "unknown type")
        }
    }

    private mutating func addFile(
        _ name: [UInt8],
        in directory: TreeDirectory,
        at path: [UInt8]
    ) throws(LayerUnpackError) {
        let file = try directory.open(name, CLINUX_O_RDONLY | CLINUX_O_NONBLOCK)
        let status = try Self.status(file)
        guard status.kind == .regular else {
            throw LayerUnpackError(.unsupportedEntry, "read file", detail: "it was replaced while it was read")
        }
        var header = entry(.regular, path, status, try Self.attributes(of: file, .regular))
        guard let size = Int64(exactly: status.size) else { throw LayerUnpackError(.limit, "read file") }
        header.size = size
        try add(header)
        let archive = archive
        try content.read(file, status) { (piece) throws(LayerUnpackError) in try archive.write(piece) }
    }

    /// Writes an empty file of root's whose name says everything.
    private mutating func addMark(_ path: [UInt8]) throws(LayerUnpackError) {
        var mark = TarEntry(
            kind: .regular,
            name: path,
            linkTarget: [],
            mode: 0o600,
            uid: 0,
            gid: 0,
            storedSize: 0,
            size: 0,
            modified: TarTime(seconds: 0),
            deviceMajor: 0,
            deviceMinor: 0
        )
        if case .fixed(let seconds) = times { mark.modified = TarTime(seconds: seconds) }
        try add(mark)
    }

    private mutating func add(_ entry: TarEntry) throws(LayerUnpackError) {
        if Task.isCancelled { throw LayerUnpackError(.cancelled, "write layer") }
        try archive.begin(entry)
        entries += 1
    }

    private func entry(
        _ kind: TarEntry.Kind,
        _ name: [UInt8],
        _ status: FileStatus,
        _ attributes: [TarEntry.Attribute]
    ) -> TarEntry {
        let modified =
            switch times {
            case .asFound:
                TarTime(seconds: status.modified.seconds, nanoseconds: Int64(status.modified.nanoseconds))
            case .fixed(let seconds): TarTime(seconds: seconds)
            }
        let owner = translation?.archived(status) ?? (uid: status.uid, gid: status.gid)
        return TarEntry(
            kind: kind,
            name: name,
            linkTarget: [],
            mode: status.permissions,
            uid: Int64(owner.uid),
            gid: Int64(owner.gid),
            storedSize: 0,
            size: 0,
            modified: modified,
            deviceMajor: Int64(status.represents.major),
            deviceMinor: Int64(status.represents.minor),
            attributes: attributes
        )
    }

    private static func status(_ file: borrowing OwnedFileDescriptor) throws(LayerUnpackError) -> FileStatus {
        do throws(SystemCallError) { return try file.status() } catch { throw LayerUnpackError("look at file", error) }
    }

    /// The extended attributes that a layer may set, by name.
    static func attributes(
        of file: borrowing OwnedFileDescriptor,
        _ kind: TarEntry.Kind
    ) throws(LayerUnpackError) -> [TarEntry.Attribute] {
        var kept: [TarEntry.Attribute] = []
        for name in try OpenFile.attributeNames(file).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let attribute = TarEntry.Attribute(name: name, value: try OpenFile.attribute(file, name))
            if try AttributePolicy.verdict(on: attribute, of: kind) == .keep { kept.append(attribute) }
        }
        return kept
    }
}
