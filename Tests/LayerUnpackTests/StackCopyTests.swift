// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

@testable import LayerUnpack

@Suite("StackCopy", .requires(.root))
struct StackCopyTests {
    private func lowers(_ sandbox: borrowing Sandbox, _ archives: [[UInt8]]) throws -> [FilePath] {
        let store = try SnapshotStore(at: sandbox.path.appending("store"))
        let layers = archives.map { archive in
            var hash = StreamHash(.sha256)
            hash.update(archive)
            return LayerSource(memory(archive), compression: .none, diffID: hash.finalize())
        }
        try store.unpack(layers)
        return try store.lowerDirectories(for: layers.compactMap(\.diffID))
    }

    private static let archives = [
        TarBuilder.build {
            $0.directory("d", mode: 0o1777)
            $0.file("d/kept", "kept", mode: 0o4711, uid: 5, gid: 6)
            $0.hardLink("d/linked", to: "d/kept")
            $0.file("d/deleted", "1")
            $0.file("d/replaced", "old")
            $0.file("o/hidden", "1")
            $0.file("gone/x", "1")
            $0.file("again/old", "1")
            $0.file("file/was/here", "1")
            $0.symlink("s", to: "/etc/passwd")
            $0.node("null", type: "3", major: 1, minor: 3)
            $0.node("pipe", type: "6")
            $0.directory("closed", mode: 0)
            $0.extended(TarBuilder.record("SCHILY.xattr.user.note", "text") + TarBuilder.record("mtime", "5.25"))
            $0.file("attributed", "1")
        },
        TarBuilder.build {
            $0.file("d/.wh.deleted")
            $0.file("d/replaced", "new")
            $0.file("o/.wh..wh..opq")
            $0.file("o/shown", "1")
            $0.file(".wh.gone")
            $0.file(".wh.again")
            $0.file("file", "now a file")
        },
        TarBuilder.build {
            $0.file("again/new", "1")
            $0.directory("d", mode: 0o750)
        },
    ]

    /// Everything below a directory: type, mode, owner, links, time, size, path, link target; then contents.
    private static let survey = """
        cd "$1"; find . -printf '%y %m %U:%G %n %T@ %p %l %s\\n' | sed 's/^\\(d.*\\) [0-9]*$/\\1/' | sort
        find . -type f | sort | xargs sha256sum; find . -type c -o -type b | xargs -r stat -c '%n %t:%T'
        find . -type f -o -type d | sort | xargs getfattr -d -m user 2>/dev/null || true
        """

    @Test("has what overlayfs shows of the same layers", .requires(.overlay))
    func overlay() throws {
        let sandbox = try Sandbox()
        let lowers = try lowers(sandbox, Self.archives)
        let copy = sandbox.path.appending("copy")
        let report = try StackCopy(lowers: lowers).make(in: copy)
        let script = """
            mount -t overlay -o ro,lowerdir="$2" overlay "$1" && \(Self.survey)
            """
        try RootDirectory(at: sandbox.path).makeDirectory("view")
        let shown = try Command.run([
            "unshare", "-m", "sh", "-c", script, "sh", sandbox.path.appending("view").string,
            lowers.map(\.string).joined(separator: ":"),
        ])
        let made = try Command.run(["sh", "-c", Self.survey, "sh", copy.string])
        #expect(shown.status == 0, "\(shown.errors)")
        // Overlayfs counts the links of directories its own way.
        #expect(Self.withoutDirectoryLinks(made.output) == Self.withoutDirectoryLinks(shown.output))
        #expect(report.inodes == 14)
    }

    private static func withoutDirectoryLinks(_ text: String) -> [String] {
        let lines = text.split(separator: "\n").map { line in
            guard line.hasPrefix("d ") else { return String(line) }
            var fields = line.split(separator: " ").map(String.init)
            fields[3] = "-"
            return fields.joined(separator: " ")
        }
        return lines.sorted()
    }

    @Test("keeps hard links, owners, modes, times, attributes and holes")
    func metadata() throws {
        let sandbox = try Sandbox()
        let lowers = try lowers(sandbox, [Self.archives[0]])
        let hole = try RootDirectory(at: lowers[0]).open("hole", CLINUX_O_RDWR | CLINUX_O_CREAT, mode: 0o600)
        let number = hole.rawValue
        try systemCall("ftruncate") { clinux_ftruncate(number, 8 << 20) }
        try hole.write(Array("data".utf8))
        let report = try StackCopy(lowers: lowers).make(in: sandbox.root)
        #expect(try sandbox.stat("d/kept") == "regular file 4711 5:6 2")
        #expect(try sandbox.text("d/linked") == "kept")
        #expect(try sandbox.stat("closed") == "directory 0 0:0 2")
        let copy = try RootDirectory(at: sandbox.root).status("hole")
        #expect(copy.size == 8 << 20 && copy.blocks < 1024)
        #expect(try RootDirectory(at: sandbox.root).status("attributed").modified.seconds == 5)
        #expect(report.bytes > 8 << 20)
    }

    @Test("leaves nothing when it fails, and does not touch what is there")
    func failure() throws {
        let sandbox = try Sandbox()
        let lowers = try lowers(sandbox, Self.archives)
        let missing = #expect(throws: LayerUnpackError.self) {
            try StackCopy(lowers: lowers + ["/nothing/here"]).make(in: sandbox.root)
        }
        #expect(missing?.errno == .noSuchFileOrDirectory)
        #expect(try !sandbox.exists("."))
        let full = #expect(throws: LayerUnpackError.self) {
            try StackCopy(lowers: lowers).make(in: sandbox.path.appending("victim"))
        }
        #expect(full?.code == .targetNotEmpty)
        #expect(try RootDirectory(at: sandbox.path).readFile("victim/hello") == Array("hello\n".utf8))
        let none = #expect(throws: LayerUnpackError.self) { try StackCopy(lowers: []).make(in: sandbox.root) }
        #expect(none?.code == .limit)
    }

    @Test("copies many layers without a descriptor for each")
    func many() throws {
        let sandbox = try Sandbox()
        let lowers = try lowers(sandbox, (0..<300).map { index in TarBuilder.build { $0.file("d/f\(index)", "x") } })
        try StackCopy(lowers: lowers).make(in: sandbox.root)
        #expect(try RootDirectory(at: sandbox.root).directory("d").entries().count == 300)
    }
}
