// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import OCISpec
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import OCIRuntime

@Suite("A state directory") struct StateDirectoryTests {
    /// The broken variant removed by name: it took the new container's state away and left its process alone.
    @Test("that was waited for during a deletion is no other container's of the same id", .rows("F-15"))
    func deletedMeanwhile() throws {
        let temporary = try TemporaryDirectory()
        let root = try temporary.open()
        let first = try StateDirectory.create("box", in: root)
        // Two more callers have found the container, and wait for its lock.
        let second = try StateDirectory.open("box", in: root)
        let third = try StateDirectory.open("box", in: root)
        try first.remove()
        #expect(throws: RuntimeError.self) { _ = try second.lock() }
        let new = try StateDirectory.create("box", in: root)
        do throws(RuntimeError) {
            _ = try third.lock()
            Issue.record("locked what is gone")
        } catch { #expect(error.code == .notFound) }
        try third.remove()
        #expect(try root.entries().map { String(decoding: $0.name, as: UTF8.self) } == ["box"])
        #expect(try new.directory.read() == nil)
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

    @Test(
        "with something else in the place of its file is damaged, and can be removed",
        .rows("S-02"),
        arguments: ["link", "loop", "directory", "endless", "empty", "cut", "other"]
    )
    func damaged(how: String) throws {
        let temporary = try TemporaryDirectory()
        try temporary.open().makeFile("canary", Array("{}".utf8))
        try temporary.open().makeDirectory("state")
        let root = try temporary.open().directory("state")
        let state = try StateDirectory.create("box", in: root)
        let file = FilePath("box/state.json")
        switch how {
        case "link": try root.makeSymlink(file, target: temporary.path.appending("canary").bytes)
        case "loop": try root.makeSymlink(file, target: Array("state.json".utf8))
        case "directory": try root.makeDirectory(file)
        case "endless": try root.makeFile(file, [UInt8](repeating: 32, count: 1 << 20 + 1))
        case "empty": try root.makeFile(file, [])
        case "cut": try root.makeFile(file, Array(#"{"version":"#.utf8))
        default: try root.makeFile(file, Array(#"{"version":99}"#.utf8))
        }
        do throws(RuntimeError) {
            _ = try state.directory.read()
            Issue.record("read")
        } catch { #expect(error.code == .corruptState, "\(error)") }
        try state.remove()
        #expect(try root.entries().isEmpty)
        #expect(try temporary.open().readFile("canary") == Array("{}".utf8))
    }

    @Test("of the longest id is removed, too", .rows("N-03"))
    func longest() throws {
        let temporary = try TemporaryDirectory()
        let root = try temporary.open()
        try StateDirectory.create(String(repeating: "a", count: ContainerIdentifier.limit), in: root).remove()
        #expect(try root.entries().isEmpty)
    }

    /// The broken variant made the name first and locked what the name meant later: two creations had one directory, and
    /// others ended with the error of a call, since a removal came between.
    @Test("belongs to one creation at a time, whatever removes it meanwhile", .rows("F-15"), .endsIfStuck)
    func oneCreator() async throws {
        let temporary = try TemporaryDirectory()
        let path = temporary.path
        let tally = Tally()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    guard let root = try? RootDirectory(at: path) else { return }
                    for _ in 0..<300 {
                        do throws(RuntimeError) {
                            let state = try StateDirectory.create("box", in: root)
                            tally.begin()
                            try state.directory.write(configuration: .example)
                            tally.end()
                            try state.remove()
                        } catch { tally.note(error) }
                    }
                }
                group.addTask {
                    guard let root = try? RootDirectory(at: path) else { return }
                    for _ in 0..<600 {
                        do throws(RuntimeError) {
                            let state = try StateDirectory.open("box", in: root)
                            let lock = try state.lock()
                            try state.remove()
                            extendLifetime(lock)
                        } catch { tally.note(error) }
                    }
                }
            }
        }
        #expect(tally.unexpected == [])
        #expect(tally.made > 0)
        let left = try temporary.open().entries().map { String(decoding: $0.name, as: UTF8.self) }
        #expect(left.allSatisfy { $0 == ".box" || $0 == "box" })
    }
}

/// What tasks that create and delete at once have seen.
private final class Tally: Sendable {
    private let counts = Mutex((holders: 0, made: 0, unexpected: Set<String>()))

    var unexpected: Set<String> { counts.withLock { $0.unexpected } }
    var made: Int { counts.withLock { $0.made } }

    func begin() {
        counts.withLock {
            $0.holders += 1
            if $0.holders > 1 { $0.unexpected.insert("two creations at once") }
        }
    }

    func end() {
        counts.withLock {
            $0.holders -= 1
            $0.made += 1
        }
    }

    func note(_ error: RuntimeError) {
        if error.code == .alreadyExists || error.code == .notFound { return }
        counts.withLock { _ = $0.unexpected.insert("\(error)") }
    }
}
