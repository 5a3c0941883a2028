// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCIRuntime

extension Command {
    static let kill = Command(
        name: "kill",
        summary: "send a signal to a container",
        description: """
            Sends SIGNAL, a name (KILL, SIGKILL) or a number, to the container's first process, or to all its processes.
            Without SIGNAL it is TERM.
            """,
        operands: "CONTAINER [SIGNAL]",
        operandCount: 1...2,
        options: [.all]
    ) { invocation in
        let name = invocation.arguments.operands.dropFirst().first ?? "TERM"
        guard let signal = SignalName.number(of: name) else {
            throw UsageError("unknown signal \"\(name)\": give a name such as KILL, or a number from 0 to 64")
        }
        let all = invocation.arguments.has(.all)
        do throws(RuntimeError) {
            try invocation.container().kill(signal: signal, all: all)
        } catch {
            // With no process left, all of them have got it.
            guard all, error.code == .wrongState else { throw error }
        }
        return 0
    }
}
