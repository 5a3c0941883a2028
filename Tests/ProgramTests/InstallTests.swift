// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import Testing

@Suite("make install", .requires(.programs)) struct InstallTests {
    @Test("puts programs, completions and manual pages in their places") func places() throws {
        let directory = try TemporaryDirectory()
        // As if the programs were new: they are what is tested.
        let made = try Command.run(
            ["make", "-o", "bin", "install", "DESTDIR=\(directory.path)", "PREFIX=/opt/skiff"],
            directory: Program.packageDirectory
        )
        try #require(made.status == 0, "\(made.errors)")
        let root = "\(directory.path)/opt/skiff"
        for file in [
            "bin/skiff", "bin/skiff-oci", "share/bash-completion/completions/skiff", "share/zsh/site-functions/_skiff",
            "share/fish/vendor_completions.d/skiff.fish", "share/man/man1/skiff.1", "share/man/man1/skiff-run.1",
        ] {
            #expect(try Command.run(["test", "-s", "\(root)/\(file)"]).status == 0, "\(file)")
        }
        let version = try Command.run(["\(root)/bin/skiff", "version"])
        #expect(version.status == 0, "\(version.errors)")
        #expect(try Command.run(["bash", "-n", "\(root)/share/bash-completion/completions/skiff"]).status == 0)
    }
}
