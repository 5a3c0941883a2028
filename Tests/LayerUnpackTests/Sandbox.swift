// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport

@testable import LayerUnpack

/// A private directory with a place to unpack into and, beside it, files that no layer may touch.
///
/// `root` is where layers go; `victim` and `dest-evil` are what their names try to reach from there.
struct Sandbox: ~Copyable {
    private let directory: TemporaryDirectory
    private let before: String

    init() throws {
        let made = try TemporaryDirectory()
        let snapshot = try Self.prepare(made.path.string)
        directory = made
        before = snapshot
    }

    private static func prepare(_ path: String) throws -> String {
        let script = """
            mkdir victim root-evil; echo hello > victim/hello; chmod 640 victim/hello; echo s > root-evil/secret
            touch -d 2001-02-03T04:05:06.789 victim/hello root-evil/secret victim root-evil
            """
        let result = try Command.run(["sh", "-euc", script], directory: path)
        guard result.status == 0 else { throw SandboxError(text: result.errors) }
        return try snapshot(path)
    }

    var path: FilePath { directory.path }
    var root: FilePath { directory.path.appending("root") }

    /// Unpacks archives as the layers of one image.
    @discardableResult
    func unpack(_ archives: [UInt8]..., options: UnpackOptions = UnpackOptions()) throws(LayerUnpackError)
        -> [LayerReport]
    {
        var layers: [LayerSource] = []
        for archive in archives { layers.append(LayerSource(memory(archive), compression: .none)) }
        return try FlatUnpacker(options: options).unpack(layers, into: root)
    }

    /// What is at `name` below the root, as `stat` prints it: type, mode, owner, links.
    func stat(_ name: String) throws -> String {
        let format = "%F %a %u:%g %h"
        let result = try Command.run(["stat", "-c", format, root.appending(name).string])
        return result.status == 0 ? String(result.output.dropLast()) : "absent"
    }

    /// The content of the file `name` below the root.
    func text(_ name: String) throws -> String {
        String(decoding: try RootDirectory(at: root).readFile(FilePath(name)), as: UTF8.self)
    }

    func exists(_ name: String) throws -> Bool { try stat(name) != "absent" }

    /// Whether everything outside of the root is as it was, links, times and content included.
    func canaryIsUntouched() throws -> Bool { try Self.snapshot(directory.path.string) == before }

    private static func snapshot(_ path: String) throws -> String {
        let script = """
            find victim root-evil -printf '%p %y %m %U:%G %n %T@ %C@ %l\\n' | sort
            find victim root-evil -type f | sort | xargs sha256sum; ls | grep -v '^root$'
            """
        return try Command.run(["sh", "-euc", script], directory: path).output
    }
}

struct SandboxError: Error { let text: String }

/// An anonymous file with `bytes`.
func memory(_ bytes: [UInt8]) -> OwnedFileDescriptor {
    do {
        let file = try OwnedFileDescriptor.memory(name: "layer")
        try file.write(bytes)
        return file
    } catch {
        preconditionFailure("\(error)")
    }
}
