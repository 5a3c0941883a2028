// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import ImageLayout
import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

@Suite struct ImageLayoutDirectoryTests {
    @Test("A new layout is empty and can be opened again") func create() throws {
        let test = try TestLayout()
        #expect(try test.layout.images().images.isEmpty)
        let again = try ImageLayoutDirectory.openOrCreate(test.layout.path)
        #expect(try again.index().manifests.isEmpty)
    }

    @Test("A directory that is no layout is refused") func refuse() throws {
        let test = try TestLayout()
        _ = try test.file("note", [])
        #expect(throws: ImageLayoutError.self) { try ImageLayoutDirectory.openOrCreate(test.directory.path) }
        #expect(
            failure { () throws(ImageLayoutError) in
                try ImageLayoutDirectory(opening: test.directory.path)
            }?.code == .notALayout
        )
        _ = try test.file("oci-layout", Array(#"{"imageLayoutVersion":"2.0.0"}"#.utf8))
        #expect(
            failure { () throws(ImageLayoutError) in
                try ImageLayoutDirectory(opening: test.directory.path)
            }?.code == .notALayout
        )
    }

    @Test(
        "An image is found by each of its names",
        arguments: [
            "docker.io/library/test:v1", "test:v1", "library/test:v1", "v1", "other", "other:latest",
            "quay.io/a/other:latest",
            "a/other",
        ]
    )
    func find(name: String) throws {
        let test = try TestLayout()
        let first = TestImage(["a"])
        let second = TestImage(["b"])
        try first.add(to: test.layout, as: "test:v1")
        try second.add(to: test.layout, as: "quay.io/a/other:latest")
        let expected = name.contains("v1") ? first : second
        #expect(try test.layout.resolve(name).id == expected.id)
        #expect(try test.layout.resolve(name).manifestDescriptor.digest == expected.descriptor.digest)
    }

    @Test("An image is found by its ID, its digest and their beginnings") func findDigest() throws {
        let test = try TestLayout()
        let image = TestImage()
        try image.add(to: test.layout, as: "test:v1")
        let digest = image.descriptor.digest
        for name in [
            "\(digest)", "test@\(digest)", "test:moved@\(digest)", "\(image.id)", image.id.encoded,
            String(image.id.encoded.prefix(12)), "sha256:\(image.id.encoded.prefix(12))",
            String(digest.encoded.prefix(5)),
        ] {
            #expect(try test.layout.resolve(name).id == image.id, "\(name)")
        }
    }

    @Test("A digest in a reference wins over its tag", .rows("GHSA-qv35")) func digestWins() throws {
        let test = try TestLayout()
        let old = TestImage(["old"])
        let new = TestImage(["new"])
        try old.add(to: test.layout, as: "test:old")
        try new.add(to: test.layout, as: "test:v1")
        let reference = try Reference("test:v1@\(old.descriptor.digest)")
        #expect(try test.layout.resolve(reference).id == old.id)
        #expect(
            failure { () throws(ImageLayoutError) in
                try test.layout.tag(new.descriptor, as: reference)
            }?.code == .digestMismatch
        )
    }

    @Test(
        "What fits no image is not found, what fits several is ambiguous",
        arguments: [
            ("missing", ImageLayoutError.Code.notFound), ("test:v2", .notFound), ("abcd", .notFound),
            ("../../etc", .notFound),
            ("", .notFound), ("sha256:\(String(repeating: "0", count: 64))", .notFound), ("twin", .ambiguous),
            ("v1", .ambiguous),
        ]
    )
    func missing(name: String, code: ImageLayoutError.Code) throws {
        let test = try TestLayout()
        try TestImage(["a"]).add(to: test.layout, as: "quay.io/twin:latest")
        try TestImage(["b"]).add(to: test.layout, as: "ghcr.io/twin:latest")
        try TestImage(["c"]).add(to: test.layout, as: "test:v1")
        try TestImage(["d"]).add(to: test.layout, as: "other:v1")
        #expect(failure { () throws(ImageLayoutError) in try test.layout.resolve(name) }?.code == code)
    }

    @Test("A name moves from one image to another") func move() throws {
        let test = try TestLayout()
        let old = TestImage(["old"])
        let new = TestImage(["new"])
        try old.add(to: test.layout, as: "test:v1")
        try new.add(to: test.layout, as: "test:v1")
        #expect(try test.layout.resolve("test:v1").id == new.id)
        #expect(try test.layout.index().manifests.count == 1)
    }

    @Test("Removing the last name removes the image, and its garbage can be collected") func remove() throws {
        let test = try TestLayout()
        let empty = try test.contents()
        let image = TestImage()
        try image.add(to: test.layout, as: "test:v1")
        try test.layout.tag(image.descriptor, as: Reference("test:v2"))
        try test.layout.remove("test:v1")
        #expect(try test.layout.collectGarbage(grace: .zero).blobs == 0)
        #expect(try test.layout.resolve("test:v2").id == image.id)
        try test.layout.remove(image.id.encoded)
        #expect(try test.layout.collectGarbage(grace: .seconds(60)).blobs == 0)
        let usage = try test.layout.usage()
        #expect(usage.unreferencedBlobs == 4 && usage.unreferencedBytes == usage.bytes && usage.blobs == 4)
        let report = try test.layout.collectGarbage(grace: .zero)
        #expect(report.blobs == 4 && report.bytes == usage.bytes)
        #expect(try test.contents() == empty)
    }

    @Test("No garbage is collected while content is added or leased") func busy() throws {
        let test = try TestLayout()
        try test.layout.blobs.ingest([1, 2, 3])
        do {
            let writer = try test.layout.blobs.writer()
            #expect(
                failure { () throws(ImageLayoutError) in
                    try test.layout.collectGarbage(grace: .zero)
                }?.code == .busy
            )
            _ = consume writer
        }
        do {
            let lease = try test.layout.lease()
            #expect(
                failure { () throws(ImageLayoutError) in
                    try test.layout.collectGarbage(grace: .zero)
                }?.code == .busy
            )
            _ = consume lease
        }
        #expect(try test.layout.collectGarbage(grace: .zero).blobs == 1)
    }

    @Test("A lock ends with its holder even while a child that is being started has a copy of the descriptor")
    func inherited() throws {
        let test = try TestLayout()
        let lock = Array("\(test.layout.path)/ingest/lock".utf8)
        var found: [CInt] = []
        var copies: [CInt] = []
        do {
            let lease = try test.layout.lease()
            for entry in try RootDirectory(at: "/proc/self/fd").entries() {
                guard let number = CInt(String(decoding: entry.name, as: UTF8.self)) else { continue }
                var target = [CChar](repeating: 0, count: 512)
                let count = unsafe clinux_readlinkat(CLINUX_AT_FDCWD, "/proc/self/fd/\(number)", &target, target.count)
                guard count > 0, target[..<count].map({ UInt8(bitPattern: $0) }) == lock else { continue }
                found.append(number)
            }
            // Copied only now: a copy can get a number that another test has just let go of, and would be met again.
            copies = found.map { clinux_fcntl($0, CLINUX_F_DUPFD_CLOEXEC, 3) }
            _ = consume lease
        }
        #expect(copies.count == 1)
        try test.layout.collectGarbage(grace: .zero)
        for number in copies { clinux_close(number) }
    }

    @Test("Nothing is removed when an image cannot be read to its end") func damaged() throws {
        let test = try TestLayout()
        let image = TestImage()
        try image.add(to: test.layout, as: "test:v1")
        try test.layout.blobs.ingest([1, 2, 3])
        _ = try test.file(
            "layout/blobs/sha256/\(image.descriptor.digest.encoded)",
            [UInt8](repeating: 32, count: image.manifest.count)
        )
        let before = try test.contents()
        #expect(
            failure { () throws(ImageLayoutError) in
                try test.layout.collectGarbage(grace: .zero)
            }?.code == .digestMismatch
        )
        #expect(try test.contents() == before)
        #expect(try test.layout.check().problems.map(\.code) == [.digestMismatch])
        #expect(try test.layout.images().problems.map(\.code) == [.digestMismatch])
    }

    @Test("Images are listed with ID, size, platform and time") func list() throws {
        let test = try TestLayout()
        let image = TestImage()
        try image.add(to: test.layout, as: "test:v1")
        let listed = try #require(try test.layout.images().images.first)
        #expect(listed.name == "docker.io/library/test:v1")
        let reference = try Reference("test:v1")
        #expect(listed.reference == reference)
        #expect(listed.id == image.id && listed.created == "2024-01-02T03:04:05Z")
        #expect(listed.size == Int64(image.blobs.reduce(0) { $0 + $1.content.count }))
        #expect("\(listed.platform)" == "linux/amd64")
        #expect(try test.layout.check().isSound)
    }

    @Test("Nobody else can lock the index between reading and replacing it") func exclusive() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path.appending("layout")
        let refusals = Counter()
        let layout = try ImageLayoutDirectory.openOrCreate(path) { step in
            guard step == .indexPrepared,
                let file = try? OwnedFileDescriptor.open(path.appending("ingest/lock"), CLINUX_O_RDWR)
            else { return nil }
            var request = clinux_flock()
            request.type = Int16(CLINUX_F_RDLCK)
            request.start = 1
            request.length = 1
            let result = unsafe clinux_fcntl_lock(file.rawValue, CLINUX_F_OFD_SETLK, &request)
            if result == -CLINUX_EAGAIN { _ = refusals.next() }
            return nil
        }
        try TestImage().add(to: layout, as: "test:v1")
        #expect(refusals.next() == 2)
    }

    @Test("Several tasks can give names at once without losing one") func concurrent() async throws {
        let test = try TestLayout()
        let image = TestImage()
        try image.add(to: test.layout, as: "test:v0")
        let path = test.layout.path
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...12 {
                group.addTask {
                    let layout = try ImageLayoutDirectory(opening: path)
                    try layout.tag(image.descriptor, as: Reference("test:v\(number)"))
                }
            }
            try await group.waitForAll()
        }
        #expect(try test.layout.index().manifests.count == 13)
    }
}
