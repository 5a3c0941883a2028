// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCIRuntime

extension Command {
    static let pause = Command(
        name: "pause",
        summary: "freeze the processes of a container",
        description: "Freezes all processes of a container.",
        operands: "CONTAINER",
        operandCount: 1...1
    ) { invocation in
        try invocation.container().pause()
        return 0
    }
}
