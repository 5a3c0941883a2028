// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import RuntimeCore
import TestSupport
import Testing

@Suite("What containers leave", .requires(.root, .overlay, .busybox), .endsIfStuck) struct ChurnTests {
    @Test("is nothing: of a thousand of an image that run to their end") func containers() async throws {
        await #expect(processExitsWith: .success) {
            let test = try TestStore()
            func run(_ count: Int) async throws {
                for number in 0..<count {
                    let result = try await test.run("echo \(number); exit 3")
                    guard result.exit == .exited(3), result.output == "\(number)\n" else {
                        Issue.record("container \(number): \(result.exit)")
                        return
                    }
                }
            }
            try await Self.check("containers", Churn.count(1000), [test.store.path.string], run)
            #expect(try test.leftovers() == [])
        }
    }

    @Test("is nothing: of a thousand that are kept, started and removed") func kept() async throws {
        await #expect(processExitsWith: .success) {
            let test = try TestStore()
            func run(_ count: Int) async throws {
                for number in 0..<count {
                    let stored = try test.store.create("test", ["/bin/sh", "-c", "echo > /srv/new; exit 4"])
                    let container = try stored.launch(CreateOptions())
                    try container.start()
                    let recorded = try stored.finish(container, try await container.wait())
                    if recorded.status != 4 { Issue.record("container \(number): \(recorded.status)") }
                    try stored.remove()
                }
            }
            try await Self.check("kept containers", Churn.count(1000), [test.store.path.string], run)
            #expect(try test.leftovers() == [])
        }
    }

    @Test("is nothing: of ten thousand programs that one of them ran") func added() async throws {
        await #expect(processExitsWith: .success) {
            let test = try TestStore()
            try await withContainer("test", ["/bin/sleep", "100000"], in: test.store) { container in
                func run(_ count: Int) async throws {
                    for number in 0..<count {
                        let result = try await container.run(["/bin/sh", "-c", "echo \(number); exit 5"])
                        guard result.exit == .exited(5), result.output == "\(number)\n" else {
                            Issue.record("program \(number): \(result.exit)")
                            return
                        }
                    }
                }
                try await Self.check("further programs", Churn.count(10_000), [test.store.path.string], run)
            }
            #expect(try test.leftovers() == [])
        }
    }

    /// Does something so often that what is made once is there, then as often as asked for.
    private static func check(
        _ name: String,
        _ count: Int,
        _ directories: [String],
        _ run: (Int) async throws -> Void
    ) async throws {
        try await run(20)
        let before = MachineSnapshot(of: directories)
        try await run(count)
        #expect(before.growth(directories) == [])
        let memory = MachineSnapshot(of: []).memory - before.memory
        // An allocator keeps some; what is lost each time adds up.
        #expect(memory < 4096 + count, "\(memory) KiB more")
        Churn.report("\(count) \(name): \(memory) KiB more memory; \(before)")
    }
}
