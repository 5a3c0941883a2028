// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Foundation
import NamespaceKit
import OCIRuntime
import OCISpec
import SystemPackage

/// Launches of a bundle's container from this process.
struct LaunchBenchmark {
    let bundle: FilePath
    let runtime: Runtime
    let configuration: RuntimeConfiguration

    init(bundle: String, state: String) throws {
        self.bundle = FilePath(bundle)
        runtime = Runtime(root: FilePath(state))
        configuration = try Runtime.configuration(ofBundle: FilePath(bundle))
    }

    /// The time of each of `count` launches: create, start, wait, delete.
    func launches(count: Int, name: String = "bench") throws -> [Duration] {
        try (0..<count).map { index in
            try ContinuousClock().measure { try launch("\(name)-\(index)") }
        }
    }

    private func launch(_ id: String) throws {
        let container = try runtime.create(id, configuration: configuration, bundle: bundle)
        try container.start()
        _ = try container.waitBlocking()
        try container.delete()
    }

    /// The time of each of `count` launches from a pool that has one waiting: create, start, wait, delete. Meanwhile the
    /// pool's thread prepares the next.
    func pooled(count: Int) throws -> Pooled {
        let pool = try LaunchPool(runtime, configuration: configuration, bundle: bundle, capacity: 1)
        defer { pool.close() }
        let times = try (0..<count + 3).map { index in
            try pool.fill()
            return try ContinuousClock().measure {
                let container = try pool.create("bench-pooled-\(index)")
                try container.start()
                _ = try container.waitBlocking()
                try container.delete()
            }
        }
        try pool.fill()
        let statistics = pool.statistics
        precondition(statistics.missed == 0)
        let memory = statistics.waiting.first?.memory ?? 0
        return Pooled(times: times.dropFirst(3).map(\.milliseconds), waitingBytes: memory)
    }

    /// Launches from a pool.
    struct Pooled: Encodable {
        /// The times in milliseconds.
        let times: [Double]
        /// The private memory of the init of a container that waits, in bytes.
        let waitingBytes: UInt64
    }

    /// The time per launch when `width` threads launch at once, `count` each: the whole time over all launches.
    func parallel(width: Int, count: Int) async throws -> [Duration] {
        let time = try await ContinuousClock().measure {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for thread in 0..<width {
                    group.addTask { try await onThread { _ = try launches(count: count, name: "bench-\(thread)") } }
                }
                try await group.waitForAll()
            }
        }
        return [time / (width * count)]
    }

    /// The time of each of `count` processes added to a running container, from the call to its end.
    func execs(count: Int) throws -> [Duration] {
        let container = try runtime.create("bench-exec", configuration: sleeping, bundle: bundle)
        defer { try? container.delete(force: true) }
        try container.start()
        guard let process = configuration.process else { return [] }
        return try (0..<count).map { _ in
            try ContinuousClock().measure { _ = try container.exec(process).waitBlocking() }
        }
    }

    /// The same configuration with a process that stays: `--stay` of the payload.
    private var sleeping: RuntimeConfiguration {
        var copy = configuration
        copy.process?.args?.append("--stay")
        return copy
    }

    /// What many containers alive at once cost.
    struct Crowd: Encodable {
        /// The time of the first launches, with none alive, in milliseconds.
        var first: [Double] = []
        /// The time of as many launches with all alive, in milliseconds.
        var last: [Double] = []
        /// The resident memory of this process for each container alive, in bytes.
        var hostBytesPerContainer = 0
        /// The private memory of a created container's init, waiting for its start, in bytes.
        var createdInitBytes = 0
    }

    /// Launches `count` containers that stay alive, and measures launches before and after.
    func crowd(count: Int, samples: Int = 20) throws -> Crowd {
        var crowd = Crowd()
        var alive: [Container] = []
        defer { for container in alive { try? container.delete(force: true) } }
        crowd.first = try launches(count: samples).map(\.milliseconds)
        let before = MemoryUse.resident(of: "self")
        for index in 0..<count {
            let container = try runtime.create("crowd-\(index)", configuration: sleeping, bundle: bundle)
            alive.append(container)
            if index == 0, let processID = container.processID {
                crowd.createdInitBytes = MemoryUse.ownPages(of: "\(processID)")
            }
            try container.start()
        }
        crowd.hostBytesPerContainer = (MemoryUse.resident(of: "self") - before) / max(1, count)
        crowd.last = try launches(count: samples, name: "last").map(\.milliseconds)
        return crowd
    }

    /// The steps of one launch with their times, in nanoseconds.
    func trace() throws -> [Step] {
        var options = CreateOptions()
        options.recordsTimes = true
        let container = try runtime.create(
            "bench-trace",
            configuration: configuration,
            bundle: bundle,
            options: options
        )
        defer { try? container.delete(force: true) }
        try container.start()
        _ = try container.waitBlocking()
        return container.stepTimes.map { Step(step: $0.step, nanoseconds: $0.nanoseconds) }
    }

    struct Step: Encodable {
        let step: String
        let nanoseconds: UInt64
    }
}

/// Runs `body` on a thread of its own, so that it may wait there.
private func onThread(_ body: @escaping @Sendable () throws -> Void) async throws {
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        Thread { continuation.resume(with: Result(catching: body)) }.start()
    }
}

extension Duration {
    /// As a number of milliseconds.
    var milliseconds: Double { Double(components.attoseconds) / 1e15 + Double(components.seconds) * 1e3 }
}
