// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// A directory in which something called `tree` is made, before it gets its name beside it.
struct StagingDirectory {
    /// The staging directory itself.
    let root: TreeDirectory
    private let parent: TreeDirectory
    private let own: [UInt8]
    private let name: [UInt8]

    init(in directory: FilePath, for name: ByteText) throws(LayerUnpackError) {
        let step = "open target directory"
        let bytes = name.bytes
        guard !bytes.isEmpty, bytes.count <= 255, !bytes.contains(0), !bytes.contains(UInt8(ascii: "/")),
            bytes != [UInt8(ascii: ".")], bytes != Array("..".utf8)
        else { throw LayerUnpackError(.badName, "check name", detail: "it is no name of a file").about(bytes) }
        self.name = bytes
        let opened: OwnedFileDescriptor
        do throws(SystemCallError) {
            opened = try OwnedFileDescriptor.open(directory, CLINUX_O_RDONLY | CLINUX_O_DIRECTORY)
        } catch {
            throw LayerUnpackError(step, error)
        }
        parent = try TreeDirectory(opened)
        if try parent.status(bytes) != nil { throw Self.exists(bytes) }
        own = Array(".skiff-\(String(UInt64.random(in: .min ... .max), radix: 16))".utf8)
        try parent.makeDirectory(own)
        do throws(LayerUnpackError) { root = try parent.directory(own) } catch {
            try? parent.removeDirectory(own)
            throw error
        }
    }

    /// Gives `tree` its name; nothing that has the name is replaced.
    func publish() throws(LayerUnpackError) {
        let (from, to) = (root.descriptor.rawValue, parent.descriptor.rawValue)
        do throws(SystemCallError) {
            try systemCall("renameat2") {
                withCString(Array("tree".utf8)) { old in
                    withCString(name) { unsafe clinux_renameat2(from, old, to, $0, UInt32(CLINUX_RENAME_NOREPLACE)) }
                }
            }
        } catch {
            throw error.errno == .fileExists ? Self.exists(name) : LayerUnpackError("name the copy", error)
        }
        try parent.removeDirectory(own)
    }

    /// Removes what was made. What cannot be removed is left: the error that led here counts.
    func remove() { try? parent.removeTree(own) }

    private static func exists(_ name: [UInt8]) -> LayerUnpackError {
        LayerUnpackError(.targetNotEmpty, "make the copy", detail: "\(name.escapedForDisplay) is there already")
    }
}
