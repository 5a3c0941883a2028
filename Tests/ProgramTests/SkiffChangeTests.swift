// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import TestSupport
import Testing

@Suite("skiff's containers, while they run", .requires(.root, .overlay, .programs, .busybox, .tar))
struct SkiffChangeTests {
    private func running(_ store: SkiffStore, _ flags: String...) throws {
        let result = try store.run(["run", "-d", "--name", "web"] + flags + ["bb", "sleep", "600"])
        try #require(result.status == 0, "\(result.errors)")
    }

    private func remove(_ store: SkiffStore) throws {
        try store.expect(0, "rm", "-f", "web")
        try store.expectNothingLeft()
    }

    @Test("are frozen and go on")
    func pause() throws {
        let store = try SkiffStore()
        try running(store)
        try store.expect(0, "pause", "web")
        #expect(try store.expect(0, "ps").output.contains("(Paused)"))
        try store.expectError("pause", "web", says: "paused")
        try store.expectError("exec", "web", "true", says: "paused")
        try store.expect(0, "unpause", "web")
        #expect(try !store.expect(0, "ps").output.contains("(Paused)"))
        try store.expectError("unpause", "web", says: "not paused")
        try remove(store)
    }

    @Test("get other limits at once, which they keep when they start again")
    func update() throws {
        let store = try SkiffStore()
        try running(store, "-m", "64m")
        #expect(try store.expect(0, "stats", "--no-stream").output.contains("/ 64MiB"))
        try store.expect(0, "update", "-m", "32m", "--pids-limit", "7", "web")
        #expect(try store.expect(0, "stats", "--no-stream", "web").output.contains("/ 32MiB"))
        #expect(try store.expect(0, "inspect", "web").output.contains("\"PidsLimit\": 7"))
        try store.expect(0, "restart", "-t", "0", "web")
        #expect(try store.expect(0, "stats", "--no-stream", "web").output.contains("/ 32MiB"))
        try store.expectError("update", "web", says: "needs a limit to change")
        try store.expectError("update", "-m", "1k", "web", says: "too small")
        try store.expectError("update", "-m", "1m", "nosuch", says: "no such container: nosuch")
        #expect(try store.expect(0, "stats", "--no-stream", "web").output.contains("/ 32MiB"))
        try remove(store)
    }

    @Test("get another name that nobody has, and lose the old one")
    func rename() throws {
        let store = try SkiffStore()
        try running(store)
        try store.expect(0, "create", "--name", "other", "bb", "true")
        try store.expectError("rename", "web", "other", says: "already in use")
        try store.expectError("rename", "web", "a/b", says: "invalid container name")
        try store.expect(0, "rename", "web", "shop")
        try store.expectError("exec", "web", "true", says: "no such container: web")
        try store.expect(0, "exec", "shop", "true")
        try store.expect(0, "rename", "other", "web")
        try store.expect(0, "rm", "-f", "shop", "web")
        try store.expectNothingLeft()
    }

    @Test("give up the name they have when they remove themselves")
    func renamedRemoval() throws {
        let store = try SkiffStore()
        try store.expect(0, "run", "-d", "--rm", "--name", "web", "bb", "sleep", "600")
        try store.expect(0, "rename", "web", "shop")
        try store.expect(0, "kill", "shop")
        try store.expectNothingLeft()
        try store.expect(0, "create", "--name", "shop", "bb", "true")
        try store.expect(0, "rm", "shop")
    }

    @Test("start again after they were ended, whatever ended them")
    func restart() throws {
        let store = try SkiffStore()
        try store.expect(0, "run", "-d", "--name", "web", "bb", "sh", "-c", "echo up; exec sleep 600")
        try store.expect(0, "restart", "-t", "0", "web")
        #expect(try store.expect(0, "ps").output.contains(" Up "))
        #expect(try store.expect(0, "logs", "web").output == "up\n")
        try store.expect(0, "kill", "web")
        try store.expect(0, "wait", "web")
        try store.expect(0, "restart", "web")
        #expect(try store.expect(0, "ps").output.contains(" Up "))
        try remove(store)
    }

    @Test("show their processes, and no others")
    func top() throws {
        let store = try SkiffStore()
        try running(store)
        let lines = try store.expect(0, "top", "web").output.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first?.hasPrefix("UID") == true)
        #expect(lines.last?.hasSuffix("sleep 600") == true)
        #expect(try store.expect(0, "top", "web", "-o", "pid,args").output.hasSuffix("sleep 600\n"))
        // What ps itself says comes before.
        #expect(try store.expect(125, "top", "web", "--nonsense").errors.hasSuffix("skiff: ps --nonsense failed\n"))
        try store.expectError("top", says: "needs a container")
        try remove(store)
    }

    @Test("show what they use, in docker's columns")
    func stats() throws {
        let store = try SkiffStore()
        try store.expect(0, "run", "-d", "--name", "busy", "-m", "64m", "bb", "sh", "-c", "while :; do :; done")
        try store.expect(0, "create", "--name", "idle", "bb", "true")
        let lines = try store.expect(0, "stats", "--no-stream").output.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(
            lines.first?.split(separator: " ").joined(separator: " ")
                == "CONTAINER ID NAME CPU % MEM USAGE / LIMIT MEM % NET I/O BLOCK I/O PIDS"
        )
        #expect(try store.expect(0, "stats", "--no-stream", "--all").output.split(separator: "\n").count == 3)
        let object = try JSONValue(
            json: Array(store.expect(0, "stats", "--no-stream", "--format", "json", "busy").output.utf8)
        ).object
        guard case .string(let share) = object?["CPUPerc"] else {
            throw JSONError(.wrongType, offset: 0, detail: "CPUPerc")
        }
        #expect(Double(share.dropLast()) ?? 0 > 0)
        #expect(object?["PIDs"] == .string("1"))
        try store.expectError("stats", "--no-stream", "nosuch", says: "no such container: nosuch")
        try store.expect(0, "rm", "-f", "busy", "idle")
        try store.expectNothingLeft()
    }
}
