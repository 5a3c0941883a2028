// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import SystemPackage
import OCISpec
import TestSupport
import Testing

@testable import LayerUnpack

@Suite("Inflaters")
struct InflaterTests {
    enum Library: CaseIterable { case zlib, isal }

    static let text = (0..<40_000).flatMap { Array("line \($0 &* 2_654_435_761 % 10_007)\n".utf8) }

    private func inflater(_ library: Library) throws -> any Inflater {
        switch library {
        case .zlib: try ZlibInflater()
        case .isal: try #require(ISALInflater(), "libisal2 is not installed")
        }
    }

    /// What `blob` inflates to, into buffers of `capacity`.
    private func inflate(_ blob: [UInt8], _ library: Library, capacity: Int = 64 << 10) throws -> [UInt8] {
        let source = LayerSource(memory(blob), compression: .gzip)
        let queue = try ChunkQueue(buffers: 1, capacity: 1)
        let decoder = GzipDecoder(try InputReader(source, queue: queue), try inflater(library))
        let buffer = ByteBuffer(capacity: capacity)
        var output: [UInt8] = []
        repeat {
            try decoder.read(into: buffer)
            unsafe output.append(contentsOf: buffer.filled)
        } while buffer.count > 0
        return output
    }

    @Test("give what was compressed, whatever the level and the size of the buffers", arguments: Library.allCases)
    func content(_ library: Library) throws {
        for level in ["-1", "-6", "-9"] {
            let blob = try StreamTests.compress(Self.text, ["gzip", "-c", level])
            for capacity in [1 << 20, 65_536, 4_099] {
                #expect(try inflate(blob, library, capacity: capacity) == Self.text, "\(level) \(capacity)")
            }
        }
    }

    @Test("read member after member, empty ones too", arguments: Library.allCases)
    func members(_ library: Library) throws {
        let one = try StreamTests.compress(Self.text, ["gzip", "-c"])
        let empty = try StreamTests.compress([], ["gzip", "-c"])
        #expect(try inflate(empty + one + empty + empty + one + empty, library) == Self.text + Self.text)
    }

    @Test("refuse what is cut anywhere", arguments: Library.allCases)
    func truncated(_ library: Library) throws {
        let blob = try StreamTests.compress(Self.text, ["gzip", "-c"])
        let lengths = Array(stride(from: 0, to: blob.count, by: blob.count / 50)) + Array((blob.count - 9)..<blob.count)
        for length in lengths {
            let error = #expect(throws: LayerUnpackError.self) { try inflate(Array(blob[..<length]), library) }
            #expect(error?.code == .truncated, "\(length)")
        }
    }

    @Test("refuse a wrong checksum and a wrong length", arguments: Library.allCases)
    func trailer(_ library: Library) throws {
        let blob = try StreamTests.compress(Self.text, ["gzip", "-c"])
        for place in (blob.count - 8)..<blob.count {
            var wrong = blob
            wrong[place] ^= 0x10
            let error = #expect(throws: LayerUnpackError.self) { try inflate(wrong, library) }
            #expect(error?.code == .badCompression, "\(place)")
        }
    }

    @Test("never give other content for a flipped bit", arguments: Library.allCases)
    func flipped(_ library: Library) throws {
        let blob = try StreamTests.compress(Self.text, ["gzip", "-c"])
        for number in 0..<200 {
            var wrong = blob
            wrong[(number &* 7_919) % blob.count] ^= 1 << UInt8(number % 8)
            // A bit of the time in the header means nothing; every other one is an error.
            do throws(any Error) { #expect(try inflate(wrong, library) == Self.text, "\(number)") } catch {
                #expect(error is LayerUnpackError, "\(number)")
            }
        }
    }
}
