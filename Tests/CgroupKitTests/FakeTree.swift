// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CgroupKit
import LinuxSystem
import SystemPackage
import TestSupport

/// A directory that looks like `/` with control groups, for tests without privilege. A plain directory has none of the
/// kernel's behaviour: files appear only where a test puts them.
struct FakeTree: ~Copyable {
    let directory: TemporaryDirectory

    init(mountInfo: String) throws {
        let directory = try TemporaryDirectory()
        try Self.put("proc/self/mountinfo", mountInfo, in: directory)
        self.directory = directory
    }

    var layout: CgroupLayout { get throws { try .detect(root: directory.path) } }

    /// Writes a file, and makes the directories above it.
    func put(_ path: FilePath, _ text: String) throws { try Self.put(path, text, in: directory) }

    private static func put(_ path: FilePath, _ text: String, in directory: borrowing TemporaryDirectory) throws {
        let root = try directory.open()
        try root.makeDirectories(path.removingLastComponent())
        let file = try FileDescriptor.open(
            directory.path.appending(path.components),
            .writeOnly,
            options: [.create, .truncate],
            permissions: .ownerReadWrite
        )
        try file.closeAfter { _ = try file.writeAll(Array(text.utf8)) }
    }

    func makeDirectories(_ path: FilePath) throws { try directory.open().makeDirectories(path) }

    /// A file's text; `nil` when it does not exist.
    func text(_ path: FilePath) throws -> String? {
        do throws(SystemCallError) { return String(decoding: try directory.open().readFile(path), as: UTF8.self) } catch
        {
            if error.errno == .noSuchFileOrDirectory { return nil }
            throw error
        }
    }

    func exists(_ path: FilePath) throws -> Bool {
        do throws(SystemCallError) {
            _ = try directory.open().status(path)
            return true
        } catch {
            if error.errno == .noSuchFileOrDirectory { return false }
            throw error
        }
    }
}
