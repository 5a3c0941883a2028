// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import ImageLayout
import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

@Suite("A blob that arrives in pieces")
struct PartialBlobTests {
    private static let content = [UInt8](repeating: 7, count: 1000) + [1, 2, 3]
    private static let descriptor = TestImage.describe(content, .layer)

    private struct Missing: Error {}

    private func write(_ bytes: [UInt8], to store: borrowing TestLayout, validator: String? = nil) throws {
        guard var blob = try store.layout.blobs.partial(Self.descriptor) else { throw Missing() }
        try blob.note(validator: validator)
        try blob.write(bytes)
    }

    /// What is in the directory of blobs that are not complete.
    private func leftovers(_ store: borrowing TestLayout) throws -> [String] {
        try RootDirectory(at: store.layout.path.appending("ingest/partial")).entries()
            .map { String(decoding: $0.name, as: UTF8.self) }
    }

    @Test("goes on where an earlier run was, and knows the version it had") func resumes() throws {
        let store = try TestLayout()
        try write(Array(Self.content[..<500]), to: store, validator: "\"v1\"")
        _ = try ImageLayoutDirectory(opening: store.layout.path)
        guard var blob = try store.layout.blobs.partial(Self.descriptor) else { throw Missing() }
        let found = (blob.size, blob.isResumed, blob.validator)
        #expect(found == (500, true, "\"v1\""))
        try blob.write(Array(Self.content[500...]))
        try blob.commit()
        #expect(try store.layout.blobs.read(Self.descriptor.digest) == Self.content)
        #expect(try leftovers(store).isEmpty)
    }

    @Test("is nobody else's meanwhile, and theirs afterwards") func exclusive() throws {
        let store = try TestLayout()
        let first = try store.layout.blobs.partial(Self.descriptor)
        let isFirst = first != nil
        let second = try store.layout.blobs.partial(Self.descriptor)
        let isSecond = second != nil
        _ = consume first
        let third = try store.layout.blobs.partial(Self.descriptor)
        let isThird = third != nil
        let got = [isFirst, isSecond, isThird]
        #expect(got == [true, false, true])
    }

    @Test("takes neither a byte too many nor a wrong one, and keeps what is only incomplete") func refused() throws {
        let store = try TestLayout()
        let isTooLong = failure { () throws(ImageLayoutError) in
            guard var blob = try store.layout.blobs.partial(Self.descriptor) else { return }
            try blob.write(Self.content + [9])
        }
        #expect(isTooLong?.code == .sizeMismatch)
        try write(Array(Self.content[..<10]), to: store)
        let isShort = failure { () throws(ImageLayoutError) in
            guard let blob = try store.layout.blobs.partial(Self.descriptor) else { return }
            try blob.commit()
        }
        #expect(isShort?.code == .sizeMismatch)
        let isWrong = failure { () throws(ImageLayoutError) in
            guard var blob = try store.layout.blobs.partial(Self.descriptor) else { return }
            try blob.write([UInt8](repeating: 0, count: Int(Self.descriptor.size - blob.size)))
            try blob.commit()
        }
        #expect(isWrong?.code == .digestMismatch)
        #expect(try !store.layout.blobs.contains(Self.descriptor.digest))
        guard let blob = try store.layout.blobs.partial(Self.descriptor) else { throw Missing() }
        let size = blob.size
        #expect(size == 0)
    }

    @Test("that is longer than its descriptor begins anew") func tooLong() throws {
        let store = try TestLayout()
        try write([1, 2, 3, 4, 5], to: store)
        var shorter = Self.descriptor
        shorter.size = 4
        guard let blob = try store.layout.blobs.partial(shorter) else { throw Missing() }
        let size = blob.size
        #expect(size == 0)
    }

    @Test("is swept by nobody who opens the layout, and by garbage collection once it is old") func garbage() throws {
        let store = try TestLayout()
        try write([1, 2, 3], to: store, validator: "v")
        try store.layout.collectGarbage()
        #expect(try leftovers(store).count == 2)
        try store.layout.collectGarbage(grace: .zero)
        #expect(try leftovers(store).isEmpty)
    }
}
