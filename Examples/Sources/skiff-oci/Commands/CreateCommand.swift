// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension Command {
    static let create = Command(
        name: "create",
        summary: "create a container",
        description: """
            Creates the container CONTAINER from a bundle: a directory with config.json and a root file system.
            Returns when everything is set up and the process waits for `start`.
            """,
        operands: "CONTAINER",
        operandCount: 1...1,
        options: CreateRequest.commandOptions
    ) { invocation in
        _ = try CreateRequest(invocation, detached: true).create(in: invocation.runtime)
        return 0
    }
}
