// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import NamespaceKit
internal import OCIRuntime
internal import OCISpec

extension Command {
    static let run = Command(
        name: "run",
        summary: "create a container, start it and wait for its end",
        description: """
            Creates and starts the container CONTAINER, forwards signals and the terminal to it, and deletes it when its
            process has ended. The exit status is that of the process, or 128 and the number of the signal that killed it.
            """,
        operands: "CONTAINER",
        operandCount: 1...1,
        options: CreateRequest.commandOptions + [.detach, .keep, .noSubreaper]
    ) { invocation in
        let isDetached = invocation.arguments.has(.detach)
        let request = try CreateRequest(invocation, detached: isDetached)
        // From here on signals wait until there is a process to forward them to.
        let foreground = isDetached ? nil : try Foreground()
        let container = try request.create(in: invocation.runtime)
        do {
            guard let processID = container.processID else { throw ProgramError("the container has no process") }
            let readiness = try ReadinessRelay(for: container, processID: Int(processID), log: invocation.log)
            let start = {
                try container.start()
                for step in container.stepTimes {
                    invocation.log.write(.debug, "\(step.step): \(step.nanoseconds / 1000) µs")
                }
            }
            guard let foreground else {
                try start()
                readiness?.wait()
                return 0
            }
            try foreground.follow(processID, terminal: container.terminal, readiness: readiness, start: start)
            let status = try container.waitBlocking().status
            if !invocation.arguments.has(.keep) { try container.delete() }
            return status
        } catch {
            // The first error counts.
            try? container.delete(force: true)
            throw InterpreterFailure(error, of: request.configuration.process?.args?.first ?? "") ?? error
        }
    }
}
