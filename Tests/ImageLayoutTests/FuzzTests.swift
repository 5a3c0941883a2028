// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import ImageLayout
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite("Fuzzing of archives") struct FuzzTests {
    @Test("An archive is imported whole or leaves nothing") func archives() throws {
        let image = TestImage(["one", "two"])
        let seeds = [image.ociArchive(name: "test:v1").finished, image.dockerArchive(tags: ["test:v1"]).finished]
        let tokens = ["../", "manifest.json", "index.json", "blobs/sha256/", "\"Config\"", "ustar\0"]
        try Fuzz.run("archives", seeds: seeds, tokens: tokens, rounds: 60) { input in
            let test = try TestLayout()
            let before = try test.contents()
            let path = try test.file("archive", input)
            do throws(ImageLayoutError) { try test.layout.importArchive(at: path) } catch {
                if error.description.isEmpty { throw Fuzz.Broken("an error without words") }
                if try test.contents() != before { throw Fuzz.Broken("left by \(error)") }
                return
            }
            guard try test.layout.check().isSound else { throw Fuzz.Broken("unsound") }
        }
    }
}
