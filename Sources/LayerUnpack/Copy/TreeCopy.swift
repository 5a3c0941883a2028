// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
package import LinuxSystem
internal import OCISpec
internal import SystemPackage

/// Copies files between two trees by way of an archive, by the rules of `docker cp`.
///
/// A file goes to the path, or into the directory there. A directory becomes the path, or goes into the directory there;
/// of a source that ends in `/.` only what is in it. What is there stays, files excepted: they are replaced.
package struct TreeCopy: Sendable {
    /// Whether a symbolic link at the end of the source is followed, or copied as a link.
    package var followsLast = false
    /// How the copy is made: owners and devices.
    package var options = UnpackOptions()

    /// A copy.
    package init() {}

    /// Writes what `source` leads to, with everything below it, as an archive.
    ///
    /// - Parameters:
    ///   - source: Where it is.
    ///   - name: What its first entry is called; `nil` is its own name, or `.` for the contents of a directory.
    ///   - file: Where the archive goes.
    /// - Returns: What was written.
    /// - Throws: ``LayerUnpackError``: `pathMissing`, `notDirectory`, `systemCall`. Part of an archive is written then.
    @discardableResult
    package func archive(
        _ source: CopyEnd,
        as name: [UInt8]? = nil,
        to file: borrowing OwnedFileDescriptor
    ) throws(LayerUnpackError) -> WrittenLayer {
        let found = try expect(source)
        let name = source.namesContents || found.name.isEmpty ? name : name ?? found.name
        return try write(found, as: name, source.translation, to: file)
    }

    private func expect(_ source: CopyEnd) throws(LayerUnpackError) -> CopyEnd.Found {
        let found = try source.find(followsLast: followsLast || source.namesDirectory)
        guard let kind = found.kind else {
            throw LayerUnpackError(.pathMissing, "find path", detail: "there is nothing").about(source.path)
        }
        if source.namesDirectory && kind != .directory {
            throw LayerUnpackError(.notDirectory, "find path", detail: "it is no directory").about(source.path)
        }
        return found
    }

    private func write(
        _ found: CopyEnd.Found,
        as name: [UInt8]?,
        _ translation: OwnerTranslation?,
        to file: borrowing OwnedFileDescriptor
    ) throws(LayerUnpackError) -> WrittenLayer {
        try LayerWriter(compression: .none).write(to: file) { (writer) throws(LayerUnpackError) in
            var writer = writer
            writer.translation = translation
            var walk = TreeWalk(writer)
            if let name, !found.name.isEmpty {
                try walk.write(found.name, in: found.parent, as: name)
            } else {
                try walk.write(try found.directory())
            }
            return walk.writer
        }
    }

    /// Unpacks an archive into the directory that `target` leads to.
    ///
    /// - Parameters:
    ///   - archive: A tar archive, plain or compressed with gzip or zstd: a file, which is read from its start, or a pipe.
    ///   - target: The directory.
    /// - Throws: ``LayerUnpackError``: `pathMissing`, `notDirectory`, `targetNotEmpty` for a file where a directory is,
    ///   what is wrong with the archive. What was unpacked before stays.
    package func unpack(
        _ archive: consuming OwnedFileDescriptor,
        into target: CopyEnd
    ) throws(LayerUnpackError) {
        let found = try target.find(followsLast: true)
        switch found.kind {
        case .directory:
            let source = try LayerSource(detecting: archive)
            try apply(source, in: try found.directory(), target.translation)
        case nil: throw LayerUnpackError(.pathMissing, "find path", detail: "there is nothing").about(target.path)
        default: throw LayerUnpackError(.notDirectory, "find path", detail: "it is no directory").about(target.path)
        }
    }

    private func apply(
        _ source: LayerSource,
        in directory: TreeDirectory,
        _ translation: OwnerTranslation?
    ) throws(LayerUnpackError) {
        let applier = LayerApplier(directory, form: .plain, options: options, translation: translation)
        _ = try applier.apply(source)
    }

    /// Copies what `source` leads to.
    ///
    /// - Parameters:
    ///   - source: Where it is.
    ///   - target: Where it goes.
    ///   - file: An empty file to keep the archive in meanwhile.
    /// - Throws: ``LayerUnpackError``: `pathMissing`, `notDirectory`, `targetNotEmpty`, `systemCall`. What was copied
    ///   before stays.
    package func copy(
        _ source: CopyEnd,
        to target: CopyEnd,
        through file: consuming OwnedFileDescriptor
    ) throws(LayerUnpackError) {
        let found = try expect(source)
        let place = try target.find(followsLast: true)
        let isDirectory = found.kind == .directory
        let directory: TreeDirectory
        let name: [UInt8]?
        switch place.kind {
        case .directory:
            directory = try place.directory()
            name = source.namesContents || found.name.isEmpty ? nil : found.name
        case nil:
            if target.namesDirectory && !isDirectory {
                throw LayerUnpackError(.pathMissing, "find path", detail: "there is no such directory")
                    .about(target.path)
            }
            (directory, name) = (place.parent, place.name)
            if found.name.isEmpty { try makeDirectory(place.name, in: directory, target.translation) }
        default:
            if isDirectory || target.namesDirectory {
                throw LayerUnpackError(.notDirectory, "find path", detail: "it is there, and no directory")
                    .about(target.path)
            }
            (directory, name) = (place.parent, place.name)
        }
        _ = try write(found, as: found.name.isEmpty ? nil : name, source.translation, to: file)
        // A root has no name in the archive: what is in it goes into a directory of that name.
        let isRoot = found.name.isEmpty && place.kind == nil
        let top = isRoot ? try directory.directory(place.name) : directory
        try apply(LayerSource(file, compression: .none), in: top, target.translation)
    }

    private func makeDirectory(
        _ name: [UInt8],
        in directory: TreeDirectory,
        _ translation: OwnerTranslation?
    ) throws(LayerUnpackError) {
        try directory.makeDirectory(name)
        guard let owner = translation?.root else { return }
        try directory.setOwner(name, uid: owner.uid, gid: owner.gid)
    }
}
