// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCIRuntime

extension Command {
    static let delete = Command(
        name: "delete",
        summary: "remove a container",
        description: "Removes a stopped container: its control group and its state.",
        operands: "CONTAINER",
        operandCount: 1...1,
        options: [.force]
    ) { invocation in
        let force = invocation.arguments.has(.force)
        do throws(RuntimeError) {
            try invocation.container().delete(force: force)
        } catch {
            // Callers delete by force to be sure that nothing is left.
            guard force, error.code == .notFound else { throw error }
        }
        return 0
    }
}
