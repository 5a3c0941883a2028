// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// Copies what a stack of layers shows, directory by directory.
///
/// One directory of one layer is open at a time, however many layers there are.
final class StackCopier {
    /// A directory that is in the copy and has no content yet: where it is, and which layers fill it, the topmost first.
    private struct Pending {
        let path: [UInt8]
        let layers: [Int]
    }

    /// The layers that fill a directory.
    private struct Filling {
        var layers: [Int]
        /// Whether further layers may add to it; a whiteout or file of a layer hides what is below.
        var isOpen = true
    }

    private let lowers: [FilePath]
    private let opaque: [UInt8]
    private let target: TreeDirectory
    private var contents = ContentCopier()
    /// The first place in the copy of each file that has several names in its layer.
    private var firstNames: [FileIdentity: (parent: [UInt8], name: [UInt8])] = [:]
    /// Directories with what they get once nothing in them changes any more.
    private var finished: [DirectoryRecord] = []
    private(set) var report = StackCopy.Report()

    init(_ lowers: [FilePath], _ marks: OverlayMarks, to target: TreeDirectory) {
        self.lowers = lowers
        self.target = target
        opaque = marks.opaqueAttribute
    }

    func run() throws(LayerUnpackError) {
        try complete([], from: try open([], layer: 0))
        var pending = [Pending(path: [], layers: Array(lowers.indices))]
        while let next = pending.popLast() {
            do throws(LayerUnpackError) { pending += try fill(next) } catch { throw error.about(next.path) }
        }
        for record in finished.reversed() {
            let directory = try directory(record.path)
            if let mode = record.mode { try OpenFile.setMode(directory.descriptor, mode) }
            try OpenFile.setTimes(directory.descriptor, record.modified)
        }
    }

    /// Copies what is in a directory. The directories in it are made, and returned to be filled.
    private func fill(_ place: Pending) throws(LayerUnpackError) -> [Pending] {
        let copy = try directory(place.path)
        // Every name that was met, with the layers that fill it where it is a directory.
        var names: [[UInt8]: Filling?] = [:]
        for layer in place.layers {
            let source = try open(place.path, layer: layer)
            for entry in try source.entries() {
                if Task.isCancelled { throw LayerUnpackError(.cancelled, "copy layers") }
                guard let status = try source.status(entry.name) else { continue }
                if let known = names[entry.name] {
                    guard var filling = known, filling.isOpen else { continue }
                    if status.kind == .directory { filling.layers.append(layer) } else { filling.isOpen = false }
                    names[entry.name] = filling
                } else {
                    let isDirectory = try add(entry.name, status, of: source, to: copy, at: place.path)
                    names[entry.name] = .some(isDirectory ? Filling(layers: [layer]) : nil)
                }
            }
            // What is below an opaque directory does not show.
            if try OpenFile.attributeNames(source.descriptor).contains(opaque) { break }
        }
        return names.compactMap { name, filling in
            filling.map { Pending(path: Self.path(name, in: place.path), layers: $0.layers) }
        }
    }

    /// Copies what a name stands for in the topmost layer that has it, but nothing that is in a directory.
    ///
    /// - Returns: Whether it is a directory, which lower layers may add to.
    private func add(
        _ name: [UInt8],
        _ status: FileStatus,
        of source: TreeDirectory,
        to copy: TreeDirectory,
        at path: [UInt8]
    ) throws(LayerUnpackError) -> Bool {
        let isWhiteout = status.kind == .character && status.represents == FileStatus.Device(major: 0, minor: 0)
        if isWhiteout || status.kind == .socket { return false }
        if status.kind == .directory {
            try copy.makeDirectory(name)
            try complete(Self.path(name, in: path), from: try source.directory(name))
            return true
        }
        if status.linkCount > 1 {
            if let first = firstNames[FileIdentity(status)] {
                try copy.makeLink(name, to: first.name, in: try directory(first.parent))
                return false
            }
            firstNames[FileIdentity(status)] = (path, name)
        }
        report.inodes += 1
        switch status.kind {
        case .regular: try copyFile(name, of: source, to: copy)
        case .symlink: try copy.makeSymlink(name, target: try source.readLink(name))
        default: try copy.makeNode(name, mode: status.nodeType | 0o600, device: status.nodeNumber)
        }
        if status.kind == .regular { return false }
        try copy.setOwner(name, uid: status.uid, gid: status.gid)
        if status.kind != .symlink { try copy.setMode(name, status.permissions) }
        try copy.setTimes(name, TarTime(status.modified))
        return false
    }

    private func copyFile(_ name: [UInt8], of source: TreeDirectory, to copy: TreeDirectory) throws(LayerUnpackError) {
        let from = try source.open(name, CLINUX_O_RDONLY | CLINUX_O_NONBLOCK)
        let status = try Self.status(from)
        let to = try copy.makeFile(name)
        let isShared = try contents.copy(from, status, to: to)
        report.bytes += status.size
        if isShared { report.sharedBytes += status.size }
        try OpenFile.setOwner(to, uid: status.uid, gid: status.gid)
        try OpenFile.setMode(to, status.permissions)
        try copyAttributes(from, .regular, to: to)
        try OpenFile.setTimes(to, TarTime(status.modified))
        do throws(SystemCallError) { try to.close() } catch { throw LayerUnpackError("write file", error) }
    }

    /// Gives the directory `path` of the copy what `source` has, and takes note of what it gets at the end.
    private func complete(_ path: [UInt8], from source: TreeDirectory) throws(LayerUnpackError) {
        let status = try Self.status(source.descriptor)
        let copy = try directory(path)
        report.inodes += 1
        try OpenFile.setOwner(copy.descriptor, uid: status.uid, gid: status.gid)
        // Without privilege, a directory that its owner may not use could not be filled.
        try OpenFile.setMode(copy.descriptor, status.permissions | 0o700)
        try copyAttributes(source.descriptor, .directory, to: copy.descriptor)
        finished.append(DirectoryRecord(path: path, mode: status.permissions, modified: TarTime(status.modified)))
    }

    /// Copies the attributes that a layer may set: overlayfs' marks and the host's labels stay behind.
    private func copyAttributes(
        _ from: borrowing OwnedFileDescriptor,
        _ kind: TarEntry.Kind,
        to copy: borrowing OwnedFileDescriptor
    ) throws(LayerUnpackError) {
        for name in try OpenFile.attributeNames(from) {
            let attribute = TarEntry.Attribute(name: name, value: try OpenFile.attribute(from, name))
            guard try AttributePolicy.verdict(on: attribute, of: kind) == .keep else { continue }
            try OpenFile.setAttribute(copy, name, attribute.value)
        }
    }

    // MARK: Places

    /// Opens a directory of a layer.
    private func open(_ path: [UInt8], layer: Int) throws(LayerUnpackError) -> TreeDirectory {
        let root: OwnedFileDescriptor
        do throws(SystemCallError) {
            root = try .open(lowers[layer], CLINUX_O_RDONLY | CLINUX_O_DIRECTORY)
        } catch {
            throw LayerUnpackError("open layer", error)
        }
        return try Self.directory(path, in: try TreeDirectory(root))
    }

    /// Opens a directory of the copy.
    private func directory(_ path: [UInt8]) throws(LayerUnpackError) -> TreeDirectory {
        try Self.directory(path, in: target)
    }

    private static func directory(_ path: [UInt8], in root: TreeDirectory) throws(LayerUnpackError) -> TreeDirectory {
        if path.isEmpty { return root }
        return try TreeDirectory(try root.openInRoot(path, CLINUX_O_RDONLY | CLINUX_O_DIRECTORY | CLINUX_O_NOFOLLOW))
    }

    private static func path(_ name: [UInt8], in parent: [UInt8]) -> [UInt8] {
        parent.isEmpty ? name : parent + [UInt8(ascii: "/")] + name
    }

    private static func status(_ file: borrowing OwnedFileDescriptor) throws(LayerUnpackError) -> FileStatus {
        do throws(SystemCallError) { return try file.status() } catch { throw LayerUnpackError("look at file", error) }
    }
}

extension TarTime {
    init(_ time: FileStatus.Time) { self.init(seconds: time.seconds, nanoseconds: Int64(time.nanoseconds)) }
}

extension FileStatus {
    /// The type bits of a device node or named pipe.
    fileprivate var nodeType: UInt32 {
        switch kind {
        case .character: UInt32(CLINUX_S_IFCHR)
        case .block: UInt32(CLINUX_S_IFBLK)
        default: UInt32(CLINUX_S_IFIFO)
        }
    }

    /// What a device node stands for.
    fileprivate var nodeNumber: UInt64 { clinux_makedev(represents.major, represents.minor) }
}
