// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@testable import LayerUnpack

@Suite("A tree that somebody changes while it is unpacked", .requires(.root))
struct UnpackRaceTests {
    @Test("leads nothing out of it", .rows("CVE-2025-47290", "CVE-2014-6407", "CVE-2021-32760"))
    func swapped() throws {
        let archive = TarBuilder.build { builder in
            builder.directory("d")
            for number in 0..<60 {
                builder.file("d/f\(number)", "content", mode: 0o4755)
                builder.directory("d/e\(number)", mode: 0o700)
                builder.symlink("d/s\(number)", to: "x")
                builder.hardLink("d/h\(number)", to: "d/f\(number)")
            }
        }
        for _ in 0..<6 {
            let outside = try TemporaryDirectory()
            try outside.open().makeFile("hello", Array("hello".utf8), mode: 0o640)
            let sandbox = try Sandbox()
            let link = sandbox.path.appending("link")
            try RootDirectory(at: sandbox.path).makeSymlink("link", target: outside.path.bytes)
            let racer = Racer(sandbox.root.appending("d"), link)
            // An error is as good as success: the tree is not what it was.
            _ = try? sandbox.unpack(archive)
            racer.stop()
            #expect(try outside.open().entries().map(\.name) == [Array("hello".utf8)])
            #expect(try outside.open().status("hello").permissions == 0o640)
        }
    }
}
