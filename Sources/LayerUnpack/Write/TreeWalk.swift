// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// Goes through a tree in the order of its names and writes every file.
struct TreeWalk {
    private let archive: TarWriter
    private let times: LayerWriter.ModificationTimes
    /// The first name of each file that has several.
    private var firstNames: [FileIdentity: [UInt8]] = [:]
    private var buffer = [UInt8](repeating: 0, count: 128 << 10)
    private(set) var entries: UInt64 = 0
    private(set) var skippedSockets: UInt64 = 0

    init(_ archive: TarWriter, _ times: LayerWriter.ModificationTimes) {
        self.archive = archive
        self.times = times
    }

    /// Writes the tree's root and everything below it.
    mutating func write(_ root: TreeDirectory) throws(LayerUnpackError) {
        let status = try Self.status(root.descriptor)
        try add(entry(.directory, Array("./".utf8), status, try Self.attributes(of: root.descriptor, .directory)))
        try writeContents(of: root, path: [], device: status.device)
    }

    private mutating func writeContents(
        of directory: TreeDirectory,
        path: [UInt8],
        device: FileStatus.Device
    ) throws(LayerUnpackError) {
        let names = try directory.entries().map(\.name).sorted { $0.lexicographicallyPrecedes($1) }
        for name in names {
            let full = path + name
            do throws(LayerUnpackError) { try write(name, in: directory, path: full, device: device) } catch {
                throw error.about(full)
            }
        }
    }

    private mutating func write(
        _ name: [UInt8],
        in directory: TreeDirectory,
        path: [UInt8],
        device: FileStatus.Device
    ) throws(LayerUnpackError) {
        guard let status = try directory.status(name) else { return }
        if status.kind != .directory && status.linkCount > 1 {
            if let first = firstNames[FileIdentity(status)] {
                var link = entry(.hardLink, path, status, [])
                link.linkTarget = first
                return try add(link)
            }
            firstNames[FileIdentity(status)] = path
        }
        switch status.kind {
        case .directory:
            let inner = try directory.directory(name)
            let named = path + [UInt8(ascii: "/")]
            try add(entry(.directory, named, status, try Self.attributes(of: inner.descriptor, .directory)))
            if status.device == device { try writeContents(of: inner, path: named, device: device) }
        case .regular: try writeFile(name, in: directory, path: path)
        case .symlink:
            var link = entry(.symlink, path, status, [])
            link.linkTarget = try directory.readLink(name)
            try add(link)
        case .character: try add(entry(.character, path, status, []))
        case .block: try add(entry(.block, path, status, []))
        case .fifo: try add(entry(.fifo, path, status, []))
        case .socket: skippedSockets += 1
        case .unknown: throw LayerUnpackError(.unsupportedEntry, "write entry", detail: "unknown type")
        }
    }

    private mutating func writeFile(
        _ name: [UInt8],
        in directory: TreeDirectory,
        path: [UInt8]
    ) throws(LayerUnpackError) {
        let file = try directory.open(name, CLINUX_O_RDONLY | CLINUX_O_NONBLOCK)
        let status = try Self.status(file)
        var header = entry(.regular, path, status, try Self.attributes(of: file, .regular))
        guard let size = Int64(exactly: status.size) else { throw LayerUnpackError(.limit, "read file") }
        header.size = size
        try add(header)
        var rest = size
        while rest > 0 {
            let count: Int
            do throws(SystemCallError) { count = try file.read(into: &buffer) } catch {
                throw LayerUnpackError("read file", error)
            }
            if count == 0 {
                throw LayerUnpackError(.truncated, "read file", detail: "it became shorter while it was read")
            }
            let used = min(Int64(count), rest)
            try archive.write(buffer[0..<Int(used)])
            rest -= used
        }
    }

    private mutating func add(_ entry: TarEntry) throws(LayerUnpackError) {
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
        return TarEntry(
            kind: kind,
            name: name,
            linkTarget: [],
            mode: status.permissions,
            uid: Int64(status.uid),
            gid: Int64(status.gid),
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
    private static func attributes(
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
