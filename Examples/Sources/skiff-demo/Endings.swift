// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import RuntimeCore

/// Containers that end in different ways, and what the library says of each.
struct Endings {
    let store: ContainerStore

    /// A container, and how it ends.
    private struct Ending {
        let title: String
        let command: [String]
        let expected: ExitReason
        let configure: (inout ContainerOptions) -> Void
    }

    private let endings = [
        Ending(title: "exit with 7", command: ["exit", "7"], expected: .exited(7)) { _ in },
        Ending(title: "use 256 MiB of 32", command: ["eat", "\(256 << 20)"], expected: .outOfMemory) {
            $0.limits.memory = 32 << 20
            $0.limits.memoryAndSwap = 32 << 20
        },
        Ending(title: "pause, for 0.2 seconds at most", command: ["pause"], expected: .timedOut) {
            $0.timeout = .milliseconds(200)
        },
    ]

    /// Runs them, and prints how they ended and what they used.
    func show() async throws {
        for ending in endings {
            let result = try await Page.step(ending.title) {
                try await Container.run(
                    DemoImage.reference,
                    ["/bin/probe"] + ending.command,
                    in: store,
                    configure: ending.configure
                )
            } detail: {
                "\($0.exit)\(Self.usage($0.usage))"
            }
            guard result.exit == ending.expected else {
                throw DemoFailure("\(ending.title): \(result.exit), not \(ending.expected)")
            }
        }
    }

    private static func usage(_ usage: ContainerUsage) -> String {
        let time = Text.milliseconds(usage.userTime + usage.systemTime)
        return "; \(time) ms CPU" + (usage.peakMemory.map { ", \(Text.bytes($0)) peak" } ?? "")
    }
}
