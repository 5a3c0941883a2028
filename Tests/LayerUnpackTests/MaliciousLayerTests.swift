// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import SystemPackage
import TestSupport
import Testing

@testable import LayerUnpack

@Suite("Malicious layers", .requires(.root))
struct MaliciousLayerTests {
    @Test(
        "are refused with a typed error, leaving nothing inside or outside",
        .rows("CVE-2014-6407", "CVE-2021-29136", "umoci-whiteout", "CVE-2022-2879"),
        arguments: Corpus.names + Corpus.kinds + Corpus.headers
    )
    func refused(_ hostile: Hostile) throws {
        let sandbox = try Sandbox()
        let error = #expect(throws: LayerUnpackError.self) { try sandbox.unpack(hostile.archive) }
        #expect(error?.code == hostile.code, "\(String(describing: error))")
        #expect(try sandbox.stat(".") == "absent")
        #expect(try sandbox.canaryIsUntouched())
    }

    @Test("act inside the root only", .rows("CVE-2014-6407", "CVE-2021-32760"), arguments: Corpus.contained)
    func contained(_ layer: Contained) throws {
        let sandbox = try Sandbox()
        try sandbox.unpack(layer.archive)
        for (name, expected) in layer.expected {
            #expect(try sandbox.stat(name) == expected, "\(name)")
        }
        #expect(try sandbox.canaryIsUntouched())
    }

    @Test("names that differ in bytes stay different, whatever they look like", .rows("T-24"))
    func bytes() throws {
        let sandbox = try Sandbox()
        let names: [[UInt8]] = [Array("\u{e9}".utf8), Array("e\u{301}".utf8), [0xff], [0xfe], Array("a\r\nb".utf8)]
        try sandbox.unpack(
            TarBuilder.build { builder in
                for name in names { builder.file(name) }
                builder.extended(TarBuilder.record("path", [0x78, 0xff]))
                builder.file("replaced")
            }
        )
        let found = try Command.run([
            "sh", "-c", "cd \"$0\" && for f in *; do printf '%s' \"$f\" | od -An -tx1; done", sandbox.root.string,
        ])
        let expected = Set(
            (names + [[0x78, 0xff]]).map { $0.map { ($0 < 16 ? " 0" : " ") + String($0, radix: 16) }.joined() }
        )
        #expect(Set(found.output.split(separator: "\n").map(String.init)) == expected)
        #expect(try sandbox.canaryIsUntouched())
    }

    @Test("replacing a hard link leaves the other name's content alone", .rows("T-09"))
    func hardLinkThenWrite() throws {
        let sandbox = try Sandbox()
        try sandbox.unpack(
            TarBuilder.build { $0.file("lower", "lower") },
            TarBuilder.build {
                $0.hardLink("h", to: "lower")
                $0.file("h", "new")
            }
        )
        #expect(try sandbox.text("lower") == "lower")
        #expect(try sandbox.text("h") == "new")
    }

    @Test("a later layer cannot go through a root that an earlier one replaced", .rows("T-10", "CVE-2021-29136"))
    func secondLayer() throws {
        let sandbox = try Sandbox()
        let error = #expect(throws: LayerUnpackError.self) {
            try sandbox.unpack(
                TarBuilder.build { $0.directory("./") },
                TarBuilder.build { $0.symlink("./", to: "../victim") },
                TarBuilder.build { $0.file("x") }
            )
        }
        #expect(error?.code == .rootType)
        #expect(error?.layer == 1)
        #expect(try sandbox.canaryIsUntouched())
    }

    @Test("attributes that are the host's own are dropped and reported; others are kept", .rows("T-21"))
    func attributes() throws {
        let sandbox = try Sandbox()
        let capability: [UInt8] = [1, 0, 0, 2, 0, 4, 0, 0] + [UInt8](repeating: 0, count: 12)
        let dropped = [
            "trusted.overlay.opaque", "trusted.overlay.redirect", "trusted.x", "security.selinux", "security.ima",
            "user.overlay.opaque", "user.overlay.redirect", "system.nfs4_acl",
        ]
        let report = try sandbox.unpack(
            TarBuilder.build { builder in
                let records =
                    dropped.flatMap { TarBuilder.record("SCHILY.xattr.\($0)", "y") }
                    + TarBuilder.record("SCHILY.xattr.user.kept", [1, 0, 2])
                builder.extended(records + TarBuilder.record("SCHILY.xattr.security.capability", capability))
                builder.file("f")
                builder.extended(records)
                builder.directory("d")
            }
        )
        #expect(report.first.map { Set($0.droppedAttributes.keys) } == Set(dropped.map { Array($0.utf8) }))
        #expect(try attributes(of: "f", in: sandbox) == ["security.capability": capability, "user.kept": [1, 0, 2]])
        #expect(try attributes(of: "d", in: sandbox) == ["user.kept": [1, 0, 2]])
    }

    private func attributes(of name: String, in sandbox: borrowing Sandbox) throws -> [String: [UInt8]] {
        try ExtendedAttributes.all(of: sandbox.root.appending(name))
    }

    @Test("can have their devices left out")
    func devices() throws {
        let sandbox = try Sandbox()
        var options = UnpackOptions()
        options.devices = .skip
        let reports = try sandbox.unpack(
            TarBuilder.build {
                $0.node("c", type: "3", major: 1, minor: 3)
                $0.node("p", type: "6")
            },
            options: options
        )
        #expect(try !sandbox.exists("c"))
        #expect(try sandbox.exists("p"))
        #expect(reports.map(\.skippedDevices) == [1])
    }

    /// A limit and a value for it that the test's archive passes.
    enum Limit: CaseIterable { case entries, contentBytes, streamBytes }

    @Test("pass no limit", .rows("B-03"), arguments: Limit.allCases)
    func limits(_ limit: Limit) throws {
        let sandbox = try Sandbox()
        let archive = TarBuilder.build {
            $0.file("a", "12345")
            $0.file("b", "12345")
            $0.file("c")
        }
        var options = UnpackOptions()
        switch limit {
        case .entries: options.limits.entries = 2
        case .contentBytes: options.limits.contentBytes = 9
        case .streamBytes: options.limits.streamBytes = UInt64(archive.count) - 1
        }
        let error = #expect(throws: LayerUnpackError.self) { try sandbox.unpack(archive, options: options) }
        #expect(error?.code == .limit)
        #expect(try sandbox.stat(".") == "absent")
        switch limit {
        case .entries: options.limits.entries = 3
        case .contentBytes: options.limits.contentBytes = 10
        case .streamBytes: options.limits.streamBytes = UInt64(archive.count)
        }
        try sandbox.unpack(archive, options: options)
    }
}
