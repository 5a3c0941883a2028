// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import Glibc
import LinuxSystem
import OCISpec
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import LayerUnpack

@Suite("A layer that is unpacked while it arrives", .requires(.root))
struct GrowthTests {
    private static let blob: Result<[UInt8], any Error> = Result {
        try StreamTests.compress(StreamTests.archive, ["gzip", "-c"])
    }

    private static var diffID: Digest {
        var hash = StreamHash(.sha256)
        hash.update(StreamTests.archive)
        return hash.finalize()
    }

    /// Writes the blob in pieces to a file that is being unpacked; `end` says how it ends.
    private func unpack(
        into store: SnapshotStore,
        diffID: Digest = Self.diffID,
        _ end: @escaping @Sendable (LayerGrowth, SnapshotStore) throws -> Void
    ) throws {
        let bytes = try Self.blob.get()
        let growth = try LayerGrowth()
        let file = try OwnedFileDescriptor.memory(name: "layer")
        let source = LayerSource(
            try file.duplicate(),
            compression: .gzip,
            size: UInt64(bytes.count),
            diffID: diffID,
            growth: growth
        )
        let writer = try OwnedFileDescriptor.open(FilePath("/proc/self/fd/\(file.rawValue)"), CLINUX_O_WRONLY)
        let failed = Shared()
        let thread = try WorkerThread { [growth] in
            do {
                var written = 0
                for start in stride(from: 0, to: bytes.count, by: 1000) {
                    let piece = bytes[start..<min(start + 1000, bytes.count)]
                    try writer.write(piece)
                    written += piece.count
                    growth.grow(to: UInt64(written))
                }
                try end(growth, store)
            } catch {
                failed.note("\(error)")
                growth.fail()
            }
        }
        let result = Result { try store.unpack(source, as: ChainID.chain(of: [diffID])[0]) }
        // Joined.
        _ = consume thread
        #expect(failed.text == "")
        _ = try result.get()
    }

    @Test("is complete and visible after its writer has said that it is whole")
    func whole() throws {
        let sandbox = try Sandbox()
        let store = try SnapshotStore(at: sandbox.path.appending("store"))
        try unpack(into: store) { growth, store in
            // All bytes are there and read, and yet nobody has said that they are the right ones.
            usleep(50_000)
            if try !store.chainIDs().isEmpty { throw LayerUnpackError(.truncated, "visible too early") }
            growth.finish()
        }
        let lower = try #require(store.lowerDirectories(for: [Self.diffID]).first)
        let count = try RootDirectory(at: lower.appending("d")).entries().count
        #expect(count == 50)
    }

    @Test("leaves nothing when the rest does not come, or was found wrong")
    func broken() throws {
        let sandbox = try Sandbox()
        let store = try SnapshotStore(at: sandbox.path.appending("store"))
        let error = #expect(throws: LayerUnpackError.self) { try unpack(into: store) { growth, _ in growth.fail() } }
        #expect(error?.errno == .canceled)
        let other = try Digest("sha256:c3e6a4ffe4a1a1b7b0d1b1a6e3d3e7c9d8a3f6b5e4c2d1a0f9e8d7c6b5a49382")
        let mismatch = #expect(throws: LayerUnpackError.self) {
            try unpack(into: store, diffID: other) { growth, _ in growth.finish() }
        }
        #expect(mismatch?.code == .diffIDMismatch)
        #expect(try store.chainIDs().isEmpty)
        let left = try RootDirectory(at: store.path.appending("ingest")).entries()
        #expect(left.isEmpty)
    }
}

/// A text that a thread leaves for another one.
private final class Shared: Sendable {
    private let lock = Mutex("")

    var text: String { lock.withLock { $0 } }

    func note(_ text: String) { lock.withLock { $0 = text } }
}
