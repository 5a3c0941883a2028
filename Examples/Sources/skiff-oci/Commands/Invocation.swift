// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCIRuntime

/// One call of a command.
struct Invocation: Sendable {
    let globals: GlobalOptions
    let arguments: ParsedArguments
    let runtime: Runtime
    let log: Log

    /// The first operand: the container's id.
    var id: String { arguments.operands[0] }

    /// The container that is named first.
    func container() throws(RuntimeError) -> Container { try runtime.container(id) }
}
