// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

// Keeps the services of a device running: each in a container of its own, started again when it fails, with more memory up to
// a bound when it waits for memory, and without its cached files when that is not enough.
// When this program ends, by whatever means, all of them end with it.
//
//     service-supervisor STORE IMAGE COMMAND [-- IMAGE COMMAND ...]

internal import Glibc
internal import RuntimeCore

@main
enum ServiceSupervisor {
    static func main() async {
        do { try await keepAll() } catch { fail("\(error)") }
    }

    private static func keepAll() async throws {
        let words = CommandLine.arguments
        guard words.count >= 4 else {
            fail("usage: service-supervisor STORE IMAGE COMMAND [-- IMAGE COMMAND ...]", status: 2)
        }
        let store = try ContainerStore(at: FilePath(words[1]))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in words.dropFirst(2).split(separator: "--").map(Array.init) {
                group.addTask { try await keep(service[0], Array(service.dropFirst()), in: store) }
            }
            try await group.waitForAll()
        }
    }

    /// Runs a service until it ends well.
    private static func keep(_ image: String, _ command: [String], in store: ContainerStore) async throws {
        var policy = Supervision()
        policy.restart = .onFailure
        var restarts = 0
        while true {
            let begin = ContinuousClock.now
            let reason = try await once(image, command, in: store)
            print("\(image): \(reason)")
            let isSettled = ContinuousClock.now - begin >= Supervision.settlingTime
            if isSettled { restarts = 0 }
            let status = Int(reason.statusCode)
            guard let delay = policy.delay(afterStatus: status, restarts: restarts, failures: restarts + 1) else {
                return
            }
            restarts += 1
            try await Task.sleep(for: delay)
        }
    }

    /// Up to twice the memory for a service that waits for it, and less for its cached files.
    private static var policy: PressurePolicy {
        var policy = PressurePolicy()
        policy.ceiling = 256 << 20
        return policy
    }

    private static func tell(of events: CgroupEvents, _ image: String) async throws {
        for await event in events {
            guard case .outOfMemory(let kills) = event else { continue }
            print("\(image): out of memory, \(kills) killed so far")
        }
    }

    private static func once(
        _ image: String,
        _ command: [String],
        in store: ContainerStore
    ) async throws -> ExitReason {
        try await withContainer(image, command, in: store) {
            $0.limits.memory = 128 << 20
            $0.limits.pids = 64
            $0.output = .inherited
            $0.errors = .inherited
        } _: { container in
            async let ended = container.wait()
            // Both end with the container. Without control groups of version 2 nobody counts pressure.
            if try container.statistics().memoryPressure != nil {
                async let kept: Void = container.keep(policy) { print("\(image): \($0)") }
                try await tell(of: container.events(), image)
                try await kept
            } else {
                try await tell(of: container.events(), image)
            }
            return try await ended
        }
    }
}

/// Ends the program with a line that says why.
func fail(_ message: String, status: Int32 = 1) -> Never {
    _ = try? FileDescriptor.standardError.writeAll("service-supervisor: \(message)\n".utf8)
    exit(status)
}
