// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

@testable import LayerUnpack

@Suite("Copying out of an image")
struct ExtractTests {
    private static let lower = TarBuilder.build {
        $0.directory("etc", mode: 0o750)
        $0.file("etc/passwd", "root", mode: 0o640, uid: 3, gid: 4)
        $0.file("etc/shadow", "secret", mode: 0o4755, uid: 3, gid: 4)
        $0.symlink("etc/link", to: "/etc/passwd")
        $0.symlink("out", to: "../../victim")
        $0.hardLink("etc/again", to: "etc/passwd")
        $0.file("other", "not wanted")
    }
    private static let upper = TarBuilder.build {
        $0.file("etc/new", "from above")
        $0.file("etc/.wh.shadow")
        $0.file("usr/share/note", "deep")
    }

    private let layers = [Self.lower, Self.upper].map { LayerSource(memory($0), compression: .none) }

    private func ours(_ sandbox: borrowing Sandbox) throws -> FilePath {
        try RootDirectory(at: sandbox.path).makeDirectories("root")
        return sandbox.root
    }

    @Test("makes a directory with everything below it, as the layers together have it", .requires(.root))
    func directory() throws {
        let sandbox = try Sandbox()
        try MergedTree(layers).extract(ByteText("/etc"), from: layers, into: ours(sandbox), as: ByteText("copy"))
        #expect(try sandbox.stat("copy") == "directory 750 0:0 2")
        #expect(try sandbox.stat("copy/passwd") == "regular file 640 3:4 2")
        #expect(try sandbox.text("copy/passwd") == "root")
        #expect(try sandbox.text("copy/again") == "root")
        #expect(try sandbox.text("copy/new") == "from above")
        #expect(try sandbox.stat("copy/link") == "symbolic link 777 0:0 1")
        #expect(try !sandbox.exists("copy/shadow"))
        #expect(try RootDirectory(at: sandbox.root).entries().map(\.name) == [Array("copy".utf8)])
        #expect(try sandbox.canaryIsUntouched())
    }

    @Test("makes the whole image", .requires(.root))
    func whole() throws {
        let sandbox = try Sandbox()
        try MergedTree(layers).extract(ByteText("/"), from: layers, into: ours(sandbox), as: ByteText("all"))
        #expect(try sandbox.text("all/usr/share/note") == "deep")
        #expect(try sandbox.text("all/etc/new") == "from above")
        #expect(try sandbox.stat("all/out") == "symbolic link 777 0:0 1")
        #expect(try sandbox.canaryIsUntouched())
    }

    @Test("follows symbolic links inside the image, never out of it", .rows("CVE-2018-15664"))
    func links() throws {
        let sandbox = try Sandbox()
        let tree = try MergedTree(layers)
        let root = try ours(sandbox)
        var options = UnpackOptions()
        options.owners = .caller
        try tree.extract(ByteText("/etc/link"), from: layers, into: root, as: ByteText("kept"), options: options)
        #expect(try RootDirectory(at: root).readLink("kept") == Array("/etc/passwd".utf8))
        try tree.extract(
            ByteText("/etc/link"),
            from: layers,
            into: root,
            as: ByteText("followed"),
            followsLast: true,
            options: options
        )
        #expect(try sandbox.text("followed") == "root")
        let error = #expect(throws: LayerUnpackError.self) {
            try tree.extract(ByteText("out/hello"), from: layers, into: root, as: ByteText("x"), options: options)
        }
        #expect(error?.code == .pathMissing)
        #expect(try sandbox.canaryIsUntouched())
    }

    @Test("gives files to the caller, without the rights of another owner")
    func owners() throws {
        let sandbox = try Sandbox()
        var options = UnpackOptions()
        options.owners = .caller
        try MergedTree([layers[0]])
            .extract(
                ByteText("etc/shadow"),
                from: [layers[0]],
                into: ours(sandbox),
                as: ByteText("mine"),
                options: options
            )
        let owner = "\(clinux_geteuid()):\(clinux_getegid())"
        #expect(try sandbox.stat("mine") == "regular file 755 \(owner) 1")
    }

    @Test("leaves nothing when it fails, and replaces nothing", .requires(.root))
    func failure() throws {
        let sandbox = try Sandbox()
        let root = try ours(sandbox)
        let tree = try MergedTree(layers)
        try RootDirectory(at: root).makeFile("there", Array("mine".utf8))
        let taken = #expect(throws: LayerUnpackError.self) {
            try tree.extract(ByteText("etc"), from: layers, into: root, as: ByteText("there"))
        }
        #expect(taken?.code == .targetNotEmpty)
        let bad = #expect(throws: LayerUnpackError.self) {
            try tree.extract(ByteText("etc"), from: layers, into: root, as: ByteText("../x"))
        }
        #expect(bad?.code == .badName)
        let wrong = [layers[1], layers[0]]
        let swapped = #expect(throws: LayerUnpackError.self) {
            try tree.extract(ByteText("other"), from: wrong, into: root, as: ByteText("x"))
        }
        #expect(swapped?.code == .truncated)
        #expect(try RootDirectory(at: root).entries().map(\.name) == [Array("there".utf8)])
        #expect(try sandbox.text("there") == "mine")
    }

    @Test("writes the content of one file to a descriptor")
    func content() throws {
        let tree = try MergedTree(layers)
        let file = try OwnedFileDescriptor.memory(name: "out")
        try tree.extract(ByteText("/etc/link"), from: layers, to: file)
        try tree.extract(ByteText("/etc/again"), from: layers, to: file)
        #expect(try file.readFromStart(limit: 100) == Array("rootroot".utf8))
        let error = #expect(throws: LayerUnpackError.self) {
            try tree.extract(ByteText("/etc"), from: layers, to: file)
        }
        #expect(error?.code == .notRegularFile)
    }

    @Test("writes the holes of a sparse file as zeros", .requires(.tar))
    func sparse() throws {
        let directory = try TemporaryDirectory()
        let script = """
            truncate -s 300000 sparse; printf middle | dd of=sparse bs=1 seek=150000 conv=notrunc status=none
            tar --sparse -cf sparse.tar sparse; sha256sum < sparse
            """
        let made = try Command.run(["sh", "-euc", script], directory: directory.path.string)
        #expect(made.status == 0, "\(made.errors)")
        let archive = try OwnedFileDescriptor.open(directory.path.appending("sparse.tar"), CLINUX_O_RDONLY)
        let source = LayerSource(archive, compression: .none)
        let tree = try MergedTree([source], contents: .hashed)
        #expect(tree.find(ByteText("sparse"))?.entry.content?.encoded == String(made.output.prefix(64)))
        let out = try OwnedFileDescriptor.memory(name: "out")
        try tree.extract(ByteText("sparse"), from: [source], to: out)
        #expect(try out.status().size == 300_000)
        #expect(try Array(out.readFromStart(limit: 1 << 20)[150_000..<150_006]) == Array("middle".utf8))
    }
}
