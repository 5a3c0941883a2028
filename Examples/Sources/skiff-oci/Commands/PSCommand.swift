// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Attendance
internal import OCIRuntime
internal import OCISpec

extension Command {
    static let ps = Command(
        name: "ps",
        summary: "list the processes of a container",
        description: """
            Lists the processes of a container: their numbers as JSON, or what ps(1) prints of them. PS_OPTION... go to
            ps; without them it is -ef.
            """,
        operands: "CONTAINER [PS_OPTION...]",
        operandCount: 1...1000,
        options: [.format],
        stopsAtOperand: true
    ) { invocation in
        let format = try invocation.arguments.choice(of: .format, among: ["table", "json"])
        let container = try invocation.container()
        var processIDs = try container.processIDs()
        // Without a control group only the first process is known.
        if processIDs.isEmpty, let first = Int32(exactly: try container.state().pid), first > 0 { processIDs = [first] }
        if format == "json" {
            Files.print(String(decoding: processIDs.json(), as: UTF8.self))
            return 0
        }
        let options = Array(invocation.arguments.operands.dropFirst())
        Files.print(try ProcessTable.text(of: Set(processIDs), options: options.isEmpty ? ["-ef"] : options))
        return 0
    }
}
