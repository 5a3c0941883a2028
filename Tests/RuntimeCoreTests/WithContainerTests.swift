// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import OCIRuntime
import RuntimeCore
import TestSupport
import Testing

@Suite("A container in a scope", .requires(.root, .overlay, .busybox)) struct WithContainerTests {
    @Test("runs while the body runs, and is gone with everything of it afterwards")
    func scope() async throws {
        let test = try TestStore()
        let processID = try await withContainer("test", ["/bin/sleep", "3600"], in: test.store) { container in
            #expect(try container.container.state().status == .running)
            return try container.container.state().pid
        }
        #expect(throws: SystemCallError.self) { _ = try ProcessHandle(processID: Int32(processID)) }
        #expect(try test.leftovers() == [])
    }

    @Test("answers what is written to it, line by line")
    func conversation() async throws {
        let test = try TestStore()
        let answers = try await withContainer("test", ["/bin/cat"], in: test.store) {
            $0.input = .pipe
        } _: { container in
            var lines = container.output.lines.makeAsyncIterator()
            try await container.input.write("one\n")
            let first = try await lines.next()
            try await container.input.write("two\nthree")
            container.input.finish()
            let rest = [try await lines.next(), try await lines.next(), try await lines.next()]
            #expect(try await container.wait() == .exited(0))
            return [first] + rest
        }
        #expect(answers == ["one", "two", "three", nil])
    }

    @Test("makes a fast writer wait, and loses nothing")
    func backPressure() async throws {
        let test = try TestStore()
        let script = "/bin/head -c 3000000 /dev/zero; echo done >&2"
        let count = try await withContainer("test", ["/bin/sh", "-c", script], in: test.store) { container in
            var count = 0
            for try await chunk in container.output { count += chunk.count }
            return count
        }
        #expect(count == 3_000_000)
    }

    @Test("takes more input than a pipe holds, and says when nobody reads any more")
    func largeInput() async throws {
        let test = try TestStore()
        let script = "/bin/busybox wc -c; exec 0<&-; /bin/sleep 3600"
        try await withContainer("test", ["/bin/sh", "-c", script], in: test.store) {
            $0.input = .pipe
        } _: { container in
            try await container.input.write([UInt8](repeating: 7, count: 1_000_000))
            container.input.finish()
            var lines = container.output.lines.makeAsyncIterator()
            #expect(try await lines.next() == "1000000")
            await #expect(throws: ContainerStoreError.self) { try await container.input.write("more") }
        }
        try await withContainer("test", ["/bin/true"], in: test.store) {
            $0.input = .pipe
        } _: { container in
            _ = try await container.wait()
            let error = await #expect(throws: ContainerStoreError.self) { try await container.input.write("more") }
            #expect(error?.description.contains("nobody reads it any more") == true)
        }
    }

    @Test("runs other programs with what its first one may do, and gives what they wrote")
    func run() async throws {
        let test = try TestStore()
        try await withContainer("test", ["/bin/sleep", "3600"], in: test.store) { container in
            let result = try await container.run(
                ["/bin/sh", "-c", "/bin/cat; echo $WHO; echo bad >&2; exit 3"],
                input: [104, 105]
            ) {
                $0.environment = ["WHO=me"]
            }
            #expect(result.exit == .exited(3))
            #expect(result.output == "hime\n")
            #expect(result.errors == "bad\n")
            let error = await #expect(throws: ContainerStoreError.self) { try await container.run(["/bin/missing"]) }
            #expect(error?.code == .executableNotFound)
        }
        #expect(try test.leftovers() == [])
    }

    @Test("cannot run anything once it has ended")
    func runAfterEnd() async throws {
        let test = try TestStore()
        try await withContainer("test", ["/bin/true"], in: test.store) { container in
            _ = try await container.wait()
            let error = await #expect(throws: ContainerStoreError.self) { try await container.run(["/bin/true"]) }
            #expect(error?.code == .wrongState)
        }
    }

    @Test("counts what it uses until it ends")
    func statistics() async throws {
        let test = try TestStore()
        try await withContainer("test", ["/bin/cat"], in: test.store) {
            $0.input = .pipe
        } _: { container in
            var seen = 0
            for try await statistics in container.statistics(every: .milliseconds(10)) {
                seen += 1
                #expect(statistics.pids?.current ?? 1 > 0)
                if seen == 3 {
                    container.input.finish()
                    _ = try await container.wait()
                }
            }
            #expect(seen == 3)
        }
    }

    @Test("has no events any more once its program has ended") func endedEvents() async throws {
        let test = try TestStore()
        let count = try await withContainer("test", ["/bin/busybox", "true"], in: test.store) { container in
            _ = try await container.wait()
            return try await container.events().reduce(0) { count, _ in count + 1 }
        }
        #expect(count == 0)
    }

    @Test("gets other limits while it runs, and tells when they are met")
    func limits() async throws {
        let test = try TestStore()
        try await withContainer("test", ["/bin/sleep", "3600"], in: test.store) { container in
            var limits = ContainerLimits()
            limits.memory = 32 << 20
            limits.pids = 9
            try container.update(limits)
            let statistics = try container.statistics()
            #expect(statistics.memory?.limit == .value(32 << 20))
            #expect(statistics.pids?.limit == .value(9))
            let events = try container.events()
            async let first = events.first { _ in true }
            let hog = try await container.run([
                "/bin/busybox", "dd", "if=/dev/zero", "of=/dev/null", "bs=100M", "count=1",
            ])
            #expect(hog.exit != .exited(0))
            guard case .outOfMemory = await first else {
                Issue.record("nothing was told of the memory")
                return
            }
            limits.memory = 1
            #expect(throws: ContainerStoreError.self) { try container.update(limits) }
        }
    }

    @Test("is frozen and goes on")
    func pause() async throws {
        let test = try TestStore()
        try await withContainer("test", ["/bin/sleep", "3600"], in: test.store) { container in
            try container.pause()
            #expect(try container.container.state().status == .paused)
            try container.resume()
            #expect(try container.container.state().status == .running)
            try container.kill(signal: 9)
            #expect(try await container.wait() == .signaled(9, coreDumped: false))
        }
    }

    @Test("is gone when the body throws, and the body's error comes out")
    func throwing() async throws {
        struct Ours: Error {}
        let test = try TestStore()
        await #expect(throws: Ours.self) {
            try await withContainer("test", ["/bin/sleep", "3600"], in: test.store) { _ in throw Ours() }
        }
        #expect(try test.leftovers() == [])
    }

    @Test("is killed when its task is cancelled, although the body looks away")
    func cancellation() async throws {
        let test = try TestStore()
        let started = AsyncStream<Void>.makeStream()
        let store = test.store
        let task = Task {
            try await withContainer("test", ["/bin/sleep", "3600"], in: store) { container in
                started.continuation.yield()
                // A task that is not cancelled itself.
                return try await Task { try await container.wait() }.value
            }
        }
        for await _ in started.stream { break }
        task.cancel()
        #expect(try await task.value == .signaled(9, coreDumped: false))
        #expect(try test.leftovers() == [])
    }

    @Test("is killed when its time is up")
    func timeout() async throws {
        let test = try TestStore()
        let reason = try await withContainer("test", ["/bin/sleep", "3600"], in: test.store) {
            $0.timeout = .milliseconds(200)
        } _: {
            try await $0.wait()
        }
        #expect(reason == .timedOut)
    }

    @Test("is killed when its processes have used their time of the processors, whatever the clock says")
    func processorTime() async throws {
        let test = try TestStore()
        let busy = try await test.run("while :; do :; done") {
            $0.processorTime = .milliseconds(200)
            $0.timeout = .seconds(60)
        }
        #expect(busy.exit == .processorTimeExceeded)
        #expect(busy.exit.statusCode == 137)
        #expect(busy.usage.statistics?.cpu?.usage ?? 0 >= 200_000_000)
        // Who waits uses none.
        let idle = try await test.run("/bin/sleep 1") { $0.processorTime = .milliseconds(500) }
        #expect(idle.exit == .exited(0))
    }

    @Test("refuses a pipe to write to where nobody could write")
    func pipeInRun() async throws {
        let test = try TestStore()
        let error = await #expect(throws: ContainerStoreError.self) {
            try await Container.run("test", in: test.store) { $0.input = .pipe }
        }
        #expect(error?.code == .invalidOptions)
        #expect(try test.leftovers() == [])
    }
}
