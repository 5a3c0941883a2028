// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@testable import LayerUnpack

/// A tree, and everything that can be done to it.
enum TreeEdits {
    /// What ``LayerWriterTests/makeTree(in:)`` lacks: files whose links, content and metadata are about to change.
    private static let preparation = #"""
        cd "$0"; mkdir same keep gone gone/deep replaced; echo one > same/size; touch -d @1000 same/size
        echo link > s1; ln s1 s2; echo link > u1; cp -p u1 u2; echo k > keep/file; ln keep/file keep/link
        echo x > gone/deep/file; echo x > "$(printf 'n%.0s' $(seq 255))"; echo m > mode; echo t > time
        mkdir quiet; echo q > quiet/file; ln -s quiet to-directory; echo old > replaced/old; mkdir opaque
        echo o > opaque/lower; echo p > opaque/other; mkfifo pipe; ln pipe pipe2
        find . -depth -type d -exec touch -d @2000 {} +
        """#

    /// Removals, additions, and changes of every kind, one or more of each.
    private static let edits = #"""
        cd "$0"; rm p; rm -r long gone; rm "$(printf 'n%.0s' $(seq 255))"; echo more >> f; ln c c2
        rm -r d/e; echo file > d/e; rm b; mkdir b; echo in > b/inside; rm dangling; mkdir dangling
        echo two > same/size; touch -d @1000 same/size; cp -p s1 s3; rm s1; mv s3 s1; ln -f u1 u2
        chmod 600 mode; touch -d @3000 time; chown 7:8 quiet; rm to-directory; mkdir to-directory
        rm -r replaced; mkdir replaced; echo new > replaced/new; rm -r opaque; mkdir opaque; echo l > opaque/lower
        mkdir -p new/inner; echo n > "new/$(printf 'a\nb')"; ln new/*b new/inner/linked; mknod new/node c 5 6
        rm pipe; find . -depth -type d -newermt @9000 -exec touch -d @4000.5 {} +
        """#

    /// Makes the tree.
    static func makeTree(in sandbox: borrowing Sandbox) throws -> FilePath {
        let tree = try LayerWriterTests.makeTree(in: sandbox)
        try run(preparation, in: tree)
        return tree
    }

    /// Does everything to the tree at `path`.
    static func apply(at path: FilePath) throws {
        try run(edits, in: path)
        let file = try RootDirectory(at: path).open("d", CLINUX_O_RDONLY)
        try OpenFile.setAttribute(file, Array("user.new".utf8), Array("value".utf8))
        try OpenFile.setTimes(file, TarTime(seconds: 4000, nanoseconds: 500_000_000))
    }

    /// Makes the tree and a changed copy of it.
    static func makePair(in sandbox: borrowing Sandbox) throws -> (lower: FilePath, upper: FilePath) {
        let lower = try makeTree(in: sandbox)
        let upper = sandbox.path.appending("upper")
        try run("cp -a \(lower) \(upper)", in: lower)
        try apply(at: upper)
        return (lower, upper)
    }

    /// Copies what is in the directory `path`: in a copy, names that are linked to hidden ones only are alone.
    static func copy(_ path: FilePath, to name: String, in sandbox: borrowing Sandbox) throws -> FilePath {
        let copy = sandbox.path.appending(name)
        try run(#"cd "$0"; mkdir "\#(copy)"; cp -a . "\#(copy)""#, in: path)
        return copy
    }

    /// Runs a shell script, `$0` being `path`.
    static func run(_ script: String, in path: FilePath) throws {
        let result = try Command.run(["bash", "-euc", script, path.string])
        try #require(result.status == 0, "\(result.errors)")
    }
}
