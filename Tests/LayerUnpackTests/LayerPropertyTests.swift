// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

@testable import LayerUnpack

/// Shell commands that change a tree at random, the same for the same seed.
private struct RandomEdits: RandomNumberGenerator {
    private static let paths = [
        "a", "b", "c", "d", "d-e", "a/x", "a/y", "b/x", "b/y", "b/y/z", "c/x", "d/f", "d/f/g", "a/x/1", "c/x/1/2",
    ]
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// Steele's and Vigna's SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A script of `count` commands for the directory `$0`; those that make no sense there fail, and change nothing.
    mutating func script(_ count: Int) -> String {
        var lines = [#"cd "$0"; exec 2>/dev/null; set +e"#]
        for _ in 0..<count { lines.append(command()) }
        return (lines + ["true"]).joined(separator: "\n")
    }

    private mutating func path() -> String { Self.paths.randomElement(using: &self) ?? "a" }

    private mutating func command() -> String {
        let (one, other, number) = (path(), path(), Int.random(in: 1...7, using: &self))
        switch Int.random(in: 0..<12, using: &self) {
        case 0, 1: return "mkdir -p \(one)"
        // Opening anything else could wait for ever.
        case 2, 3: return "if [ -f \(one) -o ! -e \(one) ]; then echo \(number) > \(one); fi"
        case 4: return "rm -rf \(one)"
        case 5: return "ln -sfn \(other) \(one)"
        case 6, 7: return "ln -fT \(other) \(one)"
        case 8: return "mkfifo \(one)"
        case 9: return "mknod \(one) c 60 \(number)"
        case 10: return number < 4 ? "chmod 7\(number)5 \(one)" : "touch -h -d @\(number) \(one)"
        default: return "mv -T \(one) \(other)"
        }
    }
}

@Suite("Any two trees", .requires(.root)) struct LayerPropertyTests {
    private static func expectEqual(_ one: FilePath, _ other: FilePath) throws {
        let differences = try LayerWriterTests.differences(one, other)
        #expect(differences.isEmpty, "\(differences.joined(separator: "; "))")
    }

    /// What was added and deleted, in words.
    private static func text(_ changes: [TreeChange]) -> [String] {
        changes.filter { $0.kind != .modified }.map { "\($0.kind) \(String(decoding: $0.path, as: UTF8.self))" }
    }

    @Test("have a difference that makes one the other", arguments: 1...16 as ClosedRange<UInt64>)
    func difference(_ seed: UInt64) throws {
        let sandbox = try Sandbox()
        var edits = RandomEdits(seed: seed)
        let (lower, upper) = (sandbox.path.appending("lower"), sandbox.path.appending("upper"))
        try TreeEdits.run("mkdir \(lower)", in: sandbox.path)
        try TreeEdits.run(edits.script(60), in: lower)
        try TreeEdits.run("cp -a \(lower) \(upper)", in: lower)
        try TreeEdits.run(edits.script(20), in: upper)
        let base = try LayerFile { try LayerWriter(compression: .none).write(lower, to: $0) }
        let layer = try LayerFile { try LayerWriter().writeDifference(from: lower, to: upper, into: $0) }
        try FlatUnpacker().unpack([base.source, layer.source], into: sandbox.root)
        try Self.expectEqual(sandbox.root, upper)
        #expect(try TreeChange.between(sandbox.root, upper).isEmpty)
    }

    @Test(
        "are told apart by an overlay's upper directory as by themselves",
        .requires(.overlay),
        arguments: 1...16 as ClosedRange<UInt64>
    )
    func overlay(_ seed: UInt64) throws {
        let sandbox = try Sandbox()
        var edits = RandomEdits(seed: seed &* 1000)
        try TreeEdits.run(#"cd "$0"; mkdir lower writable work"#, in: sandbox.path)
        let (lower, upper) = (sandbox.path.appending("lower"), sandbox.path.appending("writable"))
        try TreeEdits.run(edits.script(60), in: lower)
        let writable = OverlayMount.Writable(upper: upper, work: sandbox.path.appending("work"))
        let mount = try OverlayMount(lowers: [lower], writable: writable).make()
        let place = FilePath("/proc/\(ProcessNumber.own)/fd/\(mount.rawValue)")
        try TreeEdits.run(edits.script(20), in: place)
        let shown = try TreeEdits.copy(place, to: "shown", in: sandbox)
        let base = try LayerFile { try LayerWriter(compression: .none).write(lower, to: $0) }
        let layer = try LayerFile { try LayerWriter().writeOverlay(upper, to: $0) }
        try FlatUnpacker().unpack([base.source, layer.source], into: sandbox.root)
        try Self.expectEqual(sandbox.root, shown)
        let listed = Self.text(try TreeChange.inOverlay(upper, over: [lower]))
        let compared = Self.text(try TreeChange.between(lower, shown))
        #expect(listed == compared)
    }
}
