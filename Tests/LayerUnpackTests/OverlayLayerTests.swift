// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

@testable import LayerUnpack

@Suite("An overlay's upper directory", .requires(.root, .overlay)) struct OverlayLayerTests {
    /// An overlay mount with a writable directory, and where it can be seen.
    private struct Mount: ~Copyable {
        let lower: FilePath
        let upper: FilePath
        let root: FilePath
        private let descriptor: OwnedFileDescriptor

        init(_ lower: FilePath, in sandbox: borrowing Sandbox, _ marks: OverlayMarks = .trusted) throws {
            self.lower = lower
            upper = sandbox.path.appending("writable")
            let work = sandbox.path.appending("work")
            for directory in ["writable", "work"] {
                try RootDirectory(at: sandbox.path).makeDirectory(FilePath(directory), mode: 0o755)
            }
            let overlay = OverlayMount(lowers: [lower], writable: .init(upper: upper, work: work), marks: marks)
            descriptor = try overlay.make()
            root = FilePath("/proc/\(ProcessNumber.own)/fd/\(descriptor.rawValue)")
        }
    }

    private static func makeUpper(in sandbox: borrowing Sandbox, _ script: String) throws -> FilePath {
        let path = sandbox.path.appending("upper")
        try RootDirectory(at: sandbox.path).makeDirectory("upper", mode: 0o755)
        try TreeEdits.run(#"cd "$0"; \#(script)"#, in: path)
        return path
    }

    private static func set(_ name: String, _ value: String, at path: FilePath) throws {
        let file = try OwnedFileDescriptor.open(path, CLINUX_O_RDONLY)
        try OpenFile.setAttribute(file, Array(name.utf8), Array(value.utf8))
    }

    private static func names(_ upper: FilePath, _ marks: OverlayMarks = .trusted) throws -> [String] {
        try LayerFile { try LayerWriter(compression: .none).writeOverlay(upper, marks: marks, to: $0) }.names()
    }

    @Test(
        "written as a layer gives what the mount shows, flat and stacked, the same every time",
        arguments: [OverlayMarks.trusted, .user]
    )
    func roundTrip(_ marks: OverlayMarks) throws {
        let sandbox = try Sandbox()
        let mount = try Mount(try TreeEdits.makeTree(in: sandbox), in: sandbox, marks)
        try TreeEdits.apply(at: mount.root)
        // Devices have no user attributes, in which overlayfs would note their links.
        if marks == .user { try TreeEdits.run(#"cd "$0"; rm c2; touch -d @1 ."#, in: mount.root) }
        let upper = mount.upper
        let base = try LayerFile { try LayerWriter(compression: .none).write(mount.lower, to: $0) }
        func layer() throws -> LayerFile {
            try LayerFile { try LayerWriter().writeOverlay(upper, marks: marks, to: $0) }
        }
        let changed = try layer()
        #expect(try layer().bytes == changed.bytes)
        let report = try FlatUnpacker().unpack([base.source, changed.source], into: sandbox.root)
        #expect(report.last?.droppedAttributes == [:])
        let shown = try TreeEdits.copy(mount.root, to: "shown", in: sandbox)
        var differences = try LayerWriterTests.differences(sandbox.root, shown)
        #expect(differences.isEmpty, "\(differences.joined(separator: "; "))")
        let store = try SnapshotStore(at: sandbox.path.appending("store"))
        let layers = [base.source, changed.source]
        try store.unpack(layers)
        let stacked = try OverlayMount(lowers: store.lowerDirectories(for: layers.compactMap(\.diffID))).make()
        let place = FilePath("/proc/\(ProcessNumber.own)/fd/\(stacked.rawValue)")
        differences = try LayerWriterTests.differences(try TreeEdits.copy(place, to: "stacked", in: sandbox), shown)
        #expect(differences.isEmpty, "\(differences.joined(separator: "; "))")
    }

    @Test("has whiteouts of both forms, opaque directories, and marks that are none")
    func marks() throws {
        let sandbox = try Sandbox()
        let upper = try Self.makeUpper(
            in: sandbox,
            "mkdir opaque other; echo > opaque/file; touch hidden shown; mknod gone c 0 0"
        )
        try Self.set("trusted.overlay.opaque", "y", at: upper.appending("opaque"))
        try Self.set("trusted.overlay.opaque", "x", at: upper.appending("other"))
        try Self.set("trusted.overlay.whiteout", "", at: upper.appending("hidden"))
        try Self.set("user.overlay.whiteout", "", at: upper.appending("shown"))
        let trusted = [
            "./", ".wh.gone", ".wh.hidden", "opaque/", "opaque/.wh..wh..opq", "opaque/file", "other/", "shown",
        ]
        #expect(try Self.names(upper) == trusted)
        let user = ["./", ".wh.gone", ".wh.shown", "hidden", "opaque/", "opaque/file", "other/"]
        #expect(try Self.names(upper, .user) == user)
    }

    @Test("never has overlayfs' own attributes in its layer") func attributes() throws {
        let sandbox = try Sandbox()
        let upper = try Self.makeUpper(in: sandbox, "mkdir d; echo > d/f")
        for place in ["d", "d/f"] {
            for name in ["trusted.overlay.origin", "user.overlay.origin", "user.kept", "trusted.overlay.impure"] {
                try Self.set(name, "y", at: upper.appending(place))
            }
        }
        let layer = try LayerFile { try LayerWriter(compression: .none).writeOverlay(upper, to: $0) }
        let reader = try TarReader(layer.source, limits: LayerLimits())
        while let entry = try reader.next() {
            if entry.name == Array("./".utf8) { continue }
            #expect(entry.attributes.map { String(decoding: $0.name, as: UTF8.self) } == ["user.kept"])
        }
    }

    @Test(
        "is refused when it has moved directories, content elsewhere, or names that would be whiteouts",
        .rows("CVE-2018-15664"),
        arguments: [
            ("mkdir d", "trusted.overlay.redirect", "d", LayerUnpackError.Code.unsupportedMark),
            ("echo > d", "trusted.overlay.metacopy", "d", .unsupportedMark),
            ("mkdir -p a/d", "trusted.overlay.redirect", "a/d", .unsupportedMark),
            ("echo > .wh.d", "user.any", ".wh.d", .whiteout), ("mkdir -p a/.wh.d", "user.any", "a/.wh.d", .whiteout),
            ("mkdir a; mknod a/.wh.d c 0 0", "user.any", "a/.wh.d", .whiteout),
        ]
    )
    func refused(_ script: String, _ attribute: String, _ name: String, _ code: LayerUnpackError.Code) throws {
        let sandbox = try Sandbox()
        let upper = try Self.makeUpper(in: sandbox, script)
        if attribute != "user.any" { try Self.set(attribute, "/elsewhere", at: upper.appending(name)) }
        let error = #expect(throws: LayerUnpackError.self) { try Self.names(upper) }
        #expect(error?.code == code)
        #expect(error?.entry == Array(name.utf8))
        let listed = #expect(throws: LayerUnpackError.self) {
            try TreeChange.inOverlay(upper, over: [sandbox.path.appending("victim")])
        }
        #expect(listed?.code == code)
    }

    @Test("is listed against the layers below, as docker does") func changes() throws {
        let sandbox = try Sandbox()
        let script = #"""
            cd "$0"; mkdir -p low/d/e low/quiet low/whole/in; touch low/d/e/gone low/d/kept low/f low/whole/a low/type
            touch low/quiet/file
            """#
        try TreeEdits.run(script, in: sandbox.path)
        let mount = try Mount(sandbox.path.appending("low"), in: sandbox)
        let edits = #"""
            cd "$0"; rm d/e/gone; echo >> f; rm -r whole; mkdir whole; echo > whole/b; rm type; mkdir -p type/in new/in
            mkdir etc; touch etc/hosts; mkdir dev; chmod 700 quiet; touch new/in/file
            """#
        try TreeEdits.run(edits, in: mount.root)
        let points: Set<[UInt8]> = [Array("etc/hosts".utf8), Array("dev".utf8)]
        let changes = try TreeChange.inOverlay(mount.upper, over: [mount.lower], mountPoints: points)
        #expect(
            changes.map { "\($0.kind) \(String(decoding: $0.path, as: UTF8.self))" } == [
                "modified ", "modified d", "modified d/e", "deleted d/e/gone", "added etc", "modified f", "added new",
                "added new/in", "added new/in/file", "modified quiet", "modified type", "added type/in",
                "modified whole", "deleted whole/a", "added whole/b", "deleted whole/in",
            ]
        )
        let upper = mount.upper
        let names = try LayerFile { try LayerWriter().writeOverlay(upper, mountPoints: points, to: $0) }.names()
        #expect(names.contains("etc/") && !names.contains("etc/hosts") && !names.contains("dev/"))
    }
}
