// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@testable import LayerUnpack

@Suite("FlatUnpacker")
struct FlatUnpackerTests {
    @Test("makes files, directories, links and nodes with their metadata", .requires(.root))
    func kinds() throws {
        let sandbox = try Sandbox()
        try sandbox.unpack(
            TarBuilder.build {
                $0.directory("./", mode: 0o711)
                $0.directory("d/", mode: 0o1777)
                $0.file("d/f", "text", mode: 0o4755, uid: 12, gid: 34)
                $0.symlink("d/s", to: "f")
                $0.hardLink("h", to: "d/f")
                $0.node("c", type: "3", major: 1, minor: 3)
                $0.node("b", type: "4", major: 7, minor: 300)
                $0.node("p", type: "6")
            }
        )
        #expect(try sandbox.stat("d") == "directory 1777 0:0 2")
        #expect(try sandbox.stat("d/f") == "regular file 4755 12:34 2")
        #expect(try sandbox.text("h") == "text")
        #expect(try sandbox.stat("d/s") == "symbolic link 777 0:0 1")
        #expect(try sandbox.stat("c") == "character special file 644 0:0 1")
        #expect(try sandbox.stat("b") == "block special file 644 0:0 1")
        #expect(try sandbox.stat("p") == "fifo 644 0:0 1")
        #expect(try sandbox.stat(".") == "directory 711 0:0 3")
        #expect(try sandbox.canaryIsUntouched())
    }

    @Test("keeps the time of directories that a later layer changes and has no entry for", .requires(.root))
    func times() throws {
        let sandbox = try Sandbox()
        try sandbox.unpack(
            TarBuilder.build {
                $0.directory("./")
                $0.directory("d")
                $0.file("d/removed")
            },
            TarBuilder.build {
                $0.file("new")
                $0.file("d/.wh.removed")
            }
        )
        let root = try RootDirectory(at: sandbox.root)
        for name in [".", "d"] as [FilePath] { #expect(try root.status(name).modified.seconds == 0o14_600_000_000) }
    }
}
