// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import FoundationEssentials
import Glibc
import RuntimeCore

/// Where the demo works: a directory that stays, for the image's archive, and one within it that goes away.
struct Workspace: Sendable {
    /// The directory that stays.
    let directory: FilePath
    /// The directory that goes away.
    let work: FilePath

    /// The saved image.
    var archive: FilePath { directory.appending("demo-image.tar") }

    /// Makes the directories, and removes what demos that were killed left in them.
    init(at directory: FilePath) throws {
        self.directory = directory
        work = directory.appending("work-\(getpid())")
        try Self.makeOwn(directory)
        for name in try FileManager.default.contentsOfDirectory(atPath: directory.string)
        where name.hasPrefix("work-") && !FileManager.default.fileExists(atPath: "/proc/\(name.dropFirst(5))") {
            try FileManager.default.removeItem(atPath: directory.appending(name).string)
        }
        try makeDirectory("", mode: 0o700)
    }

    /// Removes everything but the archive.
    func remove() {
        // The next demo removes what cannot be removed now.
        try? FileManager.default.removeItem(atPath: work.string)
    }

    /// Makes a directory below ``work``.
    @discardableResult
    func makeDirectory(_ path: String, mode: Int = 0o755) throws -> FilePath {
        let full = path.isEmpty ? work : work.appending(path)
        try FileManager.default.createDirectory(atPath: full.string, withIntermediateDirectories: false)
        // Not as a part of making it: the process's mask must not matter.
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: full.string)
        return full
    }

    /// Writes a file below ``work``.
    func write(_ bytes: [UInt8], to path: String, mode: Int = 0o644) throws {
        let full = work.appending(path).string
        guard FileManager.default.createFile(atPath: full, contents: Data(bytes)) else {
            throw DemoFailure("cannot write \(full)")
        }
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: full)
    }

    /// Opens a new file for an archive or a layer, which replaces one that is there.
    func newFile(_ path: FilePath) throws -> OwnedFileDescriptor {
        let file = try FileDescriptor.open(
            path,
            .readWrite,
            options: [.create, .truncate, .noFollow, .closeOnExec],
            permissions: FilePermissions(rawValue: 0o644)
        )
        return OwnedFileDescriptor(takingOver: file.rawValue)
    }

    /// Makes a directory, or takes one that nobody else can write to: `/tmp` is everybody's.
    private static func makeOwn(_ directory: FilePath) throws {
        let manager = FileManager.default
        if (try? manager.attributesOfItem(atPath: directory.string)) == nil {
            try manager.createDirectory(atPath: directory.string, withIntermediateDirectories: false)
            try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: directory.string)
        }
        let attributes = try manager.attributesOfItem(atPath: directory.string)
        guard attributes[.type] as? FileAttributeType == .typeDirectory,
            attributes[.ownerAccountID] as? UInt == UInt(geteuid()),
            let mode = attributes[.posixPermissions] as? UInt, mode & 0o022 == 0
        else {
            throw DemoFailure("\(directory) is no directory that only this user can write to; name another one")
        }
    }
}
