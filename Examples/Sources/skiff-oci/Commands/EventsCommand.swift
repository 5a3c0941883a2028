// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CgroupKit
internal import OCIRuntime
internal import OCISpec

extension Command {
    static let events = Command(
        name: "events",
        summary: "print what happens to a container",
        description: """
            Prints statistics of a container every 5 seconds, or TIME, and a line when its memory runs out, each as one
            line of JSON, until the container ends.
            """,
        operands: "CONTAINER",
        operandCount: 1...1,
        options: [.interval, .stats]
    ) { invocation in
        let text = invocation.arguments.value(of: .interval) ?? "5s"
        guard let interval = GoDuration.duration(of: text) else {
            throw UsageError("invalid value \"\(text)\" for --interval: a time such as 5s, 100ms or 1m30s is needed")
        }
        guard interval > .zero else { throw UsageError("duration interval must be greater than 0") }
        let container = try invocation.container()
        guard try container.state().status != .stopped else {
            throw ProgramError("container with id \(container.id) is not running")
        }
        if invocation.arguments.has(.stats) {
            Files.print(try EventDocument.statistics(of: container))
            return 0
        }
        try follow(container, every: interval)
        return 0
    }

    /// Prints until the container has ended.
    private static func follow(_ container: Container, every interval: Duration) throws {
        let events = try container.events()
        let clock = ContinuousClock()
        var next = clock.now + interval
        while true {
            switch try events.next(timeout: max(.zero, next - clock.now)) {
            case .event(.outOfMemory): Files.print(EventDocument.outOfMemory(container.id))
            // Pausing, resuming and the end are no events of runc's.
            case .event: break
            case .timedOut:
                next += interval
                // A container that ends while it is read is no failure: the next round tells of the end.
                if let line = try? EventDocument.statistics(of: container) { Files.print(line) }
            case .ended: return
            }
        }
    }
}
