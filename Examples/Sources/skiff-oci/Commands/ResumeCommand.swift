// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCIRuntime

extension Command {
    static let resume = Command(
        name: "resume",
        summary: "let the processes of a paused container go on",
        description: "Lets the processes of a paused container go on.",
        operands: "CONTAINER",
        operandCount: 1...1
    ) { invocation in
        try invocation.container().resume()
        return 0
    }
}
