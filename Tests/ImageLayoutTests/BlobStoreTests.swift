// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import ImageLayout
import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

@Suite struct BlobStoreTests {
    private let bytes = Array("some content".utf8)

    @Test("A blob can be read under its digest once it was ingested") func ingest() throws {
        let test = try TestLayout()
        let identity = try test.layout.blobs.ingest(bytes)
        #expect(identity.digest == TestImage.digest(bytes))
        #expect(try test.layout.blobs.read(identity.digest) == bytes)
        #expect(try test.layout.blobs.open(identity.digest, verify: true).file.readAll(limit: 100) == bytes)
        #expect(try test.contents().filter { $0.hasPrefix("ingest/") }.isEmpty)
    }

    @Test("A blob is hashed with the algorithm that its descriptor names") func sha512() throws {
        let test = try TestLayout()
        var writer = try test.layout.blobs.writer(algorithm: .sha512)
        try writer.write(bytes)
        let identity = try writer.commit()
        #expect(identity.digest.algorithm == .sha512)
        #expect(try test.layout.blobs.read(identity.digest) == bytes)
    }

    @Test(
        "Content that does not fit its descriptor leaves nothing",
        .rows("B-07", "umoci-0.5.1"),
        arguments: [
            (size: 11, other: false, code: ImageLayoutError.Code.sizeMismatch), (13, false, .sizeMismatch),
            (12, true, .digestMismatch), (0, false, .sizeMismatch),
        ]
    )
    func mismatch(size: Int64, other: Bool, code: ImageLayoutError.Code) throws {
        let test = try TestLayout()
        let before = try test.contents()
        var expected = TestImage.describe(other ? Array("other".utf8) : bytes, .layer)
        expected.size = size
        #expect(
            failure { () throws(ImageLayoutError) in
                try test.layout.blobs.ingest(bytes, expecting: expected)
            }?.code == code
        )
        #expect(try test.contents() == before)
    }

    @Test("A stream longer than its descriptor says is not read to its end") func endless() throws {
        let test = try TestLayout()
        let zeros = try OwnedFileDescriptor.open("/dev/zero", CLINUX_O_RDONLY)
        var expected = TestImage.describe(bytes, .layer)
        expected.size = 1 << 20
        #expect(
            failure { () throws(ImageLayoutError) in
                try test.layout.blobs.ingest(from: zeros, expecting: expected)
            }?.code == .sizeMismatch
        )
    }

    @Test("A writer that goes away removes its temporary file") func abandoned() throws {
        let test = try TestLayout()
        let before = try test.contents()
        do {
            var writer = try test.layout.blobs.writer()
            try writer.write(bytes)
            #expect(try test.contents() != before)
        }
        #expect(try test.contents() == before)
    }

    @Test("Temporary files of dead processes are swept, those of living writers are not") func sweep() throws {
        let test = try TestLayout()
        let before = try test.contents()
        _ = try test.file("layout/ingest/blob-left", bytes)
        do {
            let writer = try test.layout.blobs.writer()
            _ = try ImageLayoutDirectory(opening: test.layout.path)
            #expect(try test.contents().filter { $0.hasPrefix("ingest/") }.count == 2)
            _ = consume writer
        }
        _ = try ImageLayoutDirectory(opening: test.layout.path)
        #expect(try test.contents() == before)
    }

    @Test("Any number of tasks can ingest the same blob") func concurrent() async throws {
        let test = try TestLayout()
        let layout = test.layout
        let bytes = [UInt8](repeating: 7, count: 300_000)
        try await withThrowingTaskGroup(of: Digest.self) { group in
            for _ in 0..<8 { group.addTask { try layout.blobs.ingest(bytes).digest } }
            for try await digest in group { #expect(digest == TestImage.digest(bytes)) }
        }
        #expect(try layout.blobs.read(TestImage.digest(bytes)) == bytes)
        #expect(try test.contents().filter { $0.hasPrefix("ingest/") }.isEmpty)
    }

    @Test("A damaged blob is not handed out when it is verified") func damaged() throws {
        let test = try TestLayout()
        let digest = try test.layout.blobs.ingest(bytes).digest
        let path = "layout/blobs/sha256/\(digest.encoded)"
        _ = try test.file(path, Array("sOme content".utf8))
        #expect(
            failure { () throws(ImageLayoutError) in
                try test.layout.blobs.open(digest, verify: true)
            }?.code == .digestMismatch
        )
        #expect(failure { () throws(ImageLayoutError) in try test.layout.blobs.read(digest) }?.code == .digestMismatch)
        #expect(
            failure { () throws(ImageLayoutError) in
                try test.layout.blobs.open(digest, size: 11)
            }?.code == .sizeMismatch
        )
    }

    @Test("A symbolic link in the place of a blob is not followed", .rows("CVE-2024-3727")) func link() throws {
        let test = try TestLayout()
        let digest = TestImage.digest(bytes)
        _ = try test.file("outside", bytes)
        try RootDirectory(at: test.layout.path).makeSymlink(
            FilePath("blobs/sha256/\(digest.encoded)"),
            target: Array("../../../outside".utf8)
        )
        #expect(failure { () throws(ImageLayoutError) in try test.layout.blobs.open(digest) }?.code == .systemCall)
        #expect(try !test.layout.blobs.contains(digest))
    }
}
