// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCIRuntime

extension Command {
    static let start = Command(
        name: "start",
        summary: "start the process of a created container",
        description: "Starts the process of a created container. Returns when the program runs.",
        operands: "CONTAINER",
        operandCount: 1...1
    ) { invocation in
        let container = try invocation.container()
        let record = try container.state()
        let readiness =
            record.status == .created
            ? try ReadinessRelay(for: container, processID: record.pid, log: invocation.log) : nil
        try container.start()
        readiness?.wait()
        return 0
    }
}
