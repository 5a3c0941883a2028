// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCIRuntime
internal import OCISpec

extension Command {
    static let state = Command(
        name: "state",
        summary: "print the state of a container",
        description: "Prints the state of a container as JSON.",
        operands: "CONTAINER",
        operandCount: 1...1
    ) { invocation in
        var record = try invocation.container().state()
        record.owner = ContainerOwner.name(of: record.id, in: invocation.runtime)
        Files.print(String(decoding: record.json(pretty: true), as: UTF8.self))
        return 0
    }
}
