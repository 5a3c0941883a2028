// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@testable import OCIRuntime

@Suite("A state directory") struct StateDirectoryTests {
    /// The broken variant removed by name: it took the new container's state away and left its process alone.
    @Test("that was waited for during a deletion is no other container's of the same id")
    func deletedMeanwhile() throws {
        let temporary = try TemporaryDirectory()
        let root = try temporary.open()
        let first = try StateDirectory.create("box", in: root)
        // Two more callers have found the container, and wait for its lock.
        let second = try StateDirectory.open("box", in: root)
        let third = try StateDirectory.open("box", in: root)
        let lock = try first.lock()
        try first.remove()
        #expect(throws: RuntimeError.self) { _ = try second.lock() }
        _ = lock
        let new = try StateDirectory.create("box", in: root)
        do throws(RuntimeError) {
            _ = try third.lock()
            Issue.record("locked what is gone")
        } catch { #expect(error.code == .notFound) }
        try third.remove()
        #expect(try root.entries().map { String(decoding: $0.name, as: UTF8.self) } == ["box"])
        #expect(try new.lock() != nil)
    }

    @Test("whose removal was killed half way is removed by the next one")
    func killedRemoval() throws {
        let temporary = try TemporaryDirectory()
        let root = try temporary.open()
        try root.makeDirectories(".box/notify", mode: 0o700)
        try StateDirectory.create("box", in: root).remove()
        #expect(try root.entries().isEmpty)
        try root.makeDirectories(".box/notify", mode: 0o700)
        do throws(RuntimeError) {
            _ = try StateDirectory.open("box", in: root)
            Issue.record("opened what is gone")
        } catch { #expect(error.code == .notFound) }
        #expect(try root.entries().isEmpty)
    }

    @Test("of the longest id is removed, too")
    func longest() throws {
        let temporary = try TemporaryDirectory()
        let root = try temporary.open()
        try StateDirectory.create(String(repeating: "a", count: ContainerIdentifier.limit), in: root).remove()
        #expect(try root.entries().isEmpty)
    }
}
