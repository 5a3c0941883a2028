// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

@testable import LayerUnpack

@Suite("Layer streams", .requires(.root))
struct StreamTests {
    static let archive = TarBuilder.build { builder in
        builder.directory("d")
        for index in 0..<50 { builder.file("d/\(index)", String(repeating: "\(index)", count: 700)) }
    }

    /// Compresses with the programs that everybody has.
    static func compress(_ bytes: [UInt8], _ arguments: [String], redirects: Bool = true) throws -> [UInt8] {
        let directory = try TemporaryDirectory()
        let input = directory.path.appending("in")
        let file = try OwnedFileDescriptor.open(input, CLINUX_O_WRONLY | CLINUX_O_CREAT, mode: 0o600)
        try file.write(bytes)
        let result = try Command.run(
            ["sh", "-c", "\(arguments.joined(separator: " ")) \(redirects ? "< in" : "") > out"],
            directory: directory.path.string
        )
        #expect(result.status == 0, "\(result.errors)")
        return try OwnedFileDescriptor.open(directory.path.appending("out"), CLINUX_O_RDONLY).readAll(limit: 1 << 28)
    }

    @discardableResult
    private func unpack(
        _ blob: [UInt8],
        _ compression: MediaType.Compression,
        size: UInt64? = nil,
        digest: Digest? = nil,
        diffID: Digest? = nil,
        limits: LayerLimits = LayerLimits()
    ) throws -> LayerReport? {
        let sandbox = try Sandbox()
        let source = LayerSource(memory(blob), compression: compression, size: size, digest: digest, diffID: diffID)
        var options = UnpackOptions()
        options.limits = limits
        do throws(LayerUnpackError) {
            return try FlatUnpacker(options: options).unpack([source], into: sandbox.root).first
        } catch {
            #expect(try sandbox.stat(".") == "absent")
            throw error
        }
    }

    private func expectFailure(_ code: LayerUnpackError.Code, _ body: () throws -> Void) {
        let error = #expect(throws: LayerUnpackError.self) { try body() }
        #expect(error?.code == code, "\(String(describing: error))")
    }

    @Test("of gzip and zstd give the bytes that were compressed")
    func compressions() throws {
        let expected = try unpack(Self.archive, .none)?.diffID
        #expect(try unpack(Self.compress(Self.archive, ["gzip", "-c"]), .gzip)?.diffID == expected)
        #expect(try unpack(Self.compress(Self.archive, ["zstd", "-c", "-q"]), .zstd)?.diffID == expected)
    }

    @Test("may have several gzip members or zstd frames, empty ones too", .rows("B-04"))
    func members() throws {
        let half = Self.archive.count / 2
        for (program, compression) in [("gzip", MediaType.Compression.gzip), ("zstd -q", .zstd)] {
            let first = try Self.compress(Array(Self.archive[..<half]), ["\(program) -c"])
            let second = try Self.compress(Array(Self.archive[half...]), ["\(program) -c"])
            let empty = try Self.compress([], ["\(program) -c"])
            let blob = first + empty + empty + second + empty
            #expect(try unpack(blob, compression)?.streamBytes == UInt64(Self.archive.count))
        }
        let skippable: [UInt8] = [0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]
        #expect(try unpack(Self.compress(Self.archive, ["zstd -q -c"]) + skippable, .zstd) != nil)
    }

    @Test("end where the compression ends", .rows("B-04"), arguments: ["gzip", "zstd -q"])
    func garbage(_ program: String) throws {
        let blob = try Self.compress(Self.archive, [program, "-c"])
        let compression: MediaType.Compression = program == "gzip" ? .gzip : .zstd
        for tail in [[0], [0x1f], [0x1f, 0x8c, 1, 2, 3, 4], [UInt8](repeating: 0, count: 512), Array("garbage".utf8)] {
            #expect(throws: LayerUnpackError.self, "\(tail)") { try unpack(blob + tail, compression) }
        }
    }

    @Test("cut anywhere are refused", .rows("P-11"), arguments: ["gzip", "zstd -q", "cat"])
    func truncated(_ program: String) throws {
        let blob = try Self.compress(Self.archive, [program == "cat" ? "cat" : "\(program) -c"])
        let compression: MediaType.Compression = program == "gzip" ? .gzip : program == "cat" ? .none : .zstd
        // A plain archive is complete with the first of its end blocks.
        let end = program == "cat" ? blob.count - 1024 : blob.count - 1
        for length in stride(from: 0, through: end, by: max(1, end / 40)) {
            #expect(throws: LayerUnpackError.self, "\(length)") { try unpack(Array(blob[..<length]), compression) }
        }
        #expect(throws: LayerUnpackError.self) { try unpack(Array(blob[..<end]), compression) }
    }

    @Test("may lack the blocks at the end where a digest says that they are whole, as umoci insert writes them")
    func noEnd() throws {
        let whole = Self.archive
        let cut = Array(whole[..<(whole.count - 1024)])
        func digest(_ bytes: [UInt8]) throws -> Digest {
            let text = String(decoding: try Self.compress(bytes, ["sha256sum"]), as: UTF8.self)
            return try Digest("sha256:\(text.prefix(64))")
        }
        #expect(try unpack(cut, .none, diffID: try digest(cut))?.entries == 51)
        expectFailure(.truncated) { try unpack(cut, .none) }
        for length in [cut.count - 512, cut.count - 1, 700] {
            let part = Array(cut[..<length])
            let diffID = try digest(part)
            #expect(throws: LayerUnpackError.self) { try unpack(part, .none, diffID: diffID) }
        }
    }

    @Test("are compressed as the media type says")
    func mismatch() throws {
        let gzip = try Self.compress(Self.archive, ["gzip", "-c"])
        let zstd = try Self.compress(Self.archive, ["zstd", "-q", "-c"])
        let pairs: [([UInt8], MediaType.Compression)] = [
            (Self.archive, .gzip), (Self.archive, .zstd), (gzip, .none), (zstd, .none), (gzip, .zstd), (zstd, .gzip),
        ]
        for (blob, compression) in pairs {
            expectFailure(.compressionMismatch) { try unpack(blob, compression) }
        }
    }

    @Test("with windows over 128 MiB are refused", .rows("B-02"))
    func window() throws {
        let blob = try Self.compress(Self.archive, ["zstd", "-q", "-c", "--ultra", "--long=31"])
        #expect(throws: LayerUnpackError.self) { try unpack(blob, .zstd) }
        #expect(try unpack(Self.compress(Self.archive, ["zstd", "-q", "-c", "--long=27"]), .zstd) != nil)
    }

    @Test("count against the limit, padding included", .rows("B-01", "P-09"))
    func bomb() throws {
        var limits = LayerLimits()
        limits.streamBytes = 32 << 20
        let bomb = try Self.compress([], ["(cat in; head -c 200M /dev/zero) | gzip -c"], redirects: false)
        expectFailure(.limit) { try unpack(bomb, .gzip, limits: limits) }
        let padded = try Self.compress(Self.archive, ["(cat in; head -c 16M /dev/zero) | gzip -c"], redirects: false)
        #expect(try unpack(padded, .gzip, limits: limits)?.streamBytes == UInt64(Self.archive.count + 16 << 20))
    }

    @Test("have the diffID that the image says", .rows("B-06"))
    func diffID() throws {
        let right = try #require(try unpack(Self.archive, .none)?.diffID)
        #expect(try unpack(Self.archive, .none, diffID: right) != nil)
        expectFailure(.diffIDMismatch) { try unpack(Self.archive + [0], .none, diffID: right) }
        let sha512 = try Digest(algorithm: .sha512, hash: [UInt8](repeating: 7, count: 64))
        expectFailure(.diffIDMismatch) { try unpack(Self.archive, .none, diffID: sha512) }
    }

    @Test("have the size and digest of their descriptor", .rows("B-07"))
    func blob() throws {
        let count = UInt64(Self.archive.count)
        let digest = try #require(try unpack(Self.archive, .none)?.diffID)
        #expect(try unpack(Self.archive, .none, size: count, digest: digest) != nil)
        expectFailure(.sizeMismatch) { try unpack(Self.archive, .none, size: count - 1) }
        expectFailure(.sizeMismatch) { try unpack(Self.archive, .none, size: count + 1) }
        expectFailure(.digestMismatch) { try unpack(Self.archive + [0], .none, digest: digest) }
    }

    @Test("can come from a pipe, and a reader that gives up does not wait for it")
    func pipe() throws {
        let sandbox = try Sandbox()
        let pipe = try OwnedFileDescriptor.pipe()
        let bad = TarBuilder.build { $0.file("../x") }
        try pipe.writing.write(bad)
        let source = LayerSource(try pipe.reading.duplicate(), compression: .none)
        // The writing end stays open and silent: the first entry must be enough to stop.
        expectFailure(.pathTraversal) { try FlatUnpacker().unpack([source], into: sandbox.root) }
        try pipe.writing.write([])
        let whole = LayerSource(try endedPipe(TarBuilder.build { $0.file("x") }), compression: .none)
        #expect(try FlatUnpacker().unpack([whole], into: sandbox.root).map(\.entries) == [1])
    }

    /// A pipe that holds `bytes` and that nobody writes to any more.
    private func endedPipe(_ bytes: [UInt8]) throws -> OwnedFileDescriptor {
        let pipe = try OwnedFileDescriptor.pipe()
        try pipe.writing.write(bytes)
        return try pipe.reading.duplicate()
    }

    @Test("know their media types")
    func mediaTypes() throws {
        let digest = try Digest(algorithm: .sha256, hash: [UInt8](repeating: 7, count: 32))
        let layer = Descriptor(mediaType: .layerGzip, digest: digest, size: 5)
        #expect(try LayerSource(memory([]), layer: layer, diffID: nil).compression == .gzip)
        for type in ["application/vnd.oci.image.layer.v1.tar+xz", "application/vnd.oci.image.config.v1+json", ""] {
            let other = Descriptor(mediaType: MediaType(rawValue: type), digest: digest, size: 5)
            expectFailure(.unsupportedMediaType) { _ = try LayerSource(memory([]), layer: other, diffID: nil) }
        }
    }
}
