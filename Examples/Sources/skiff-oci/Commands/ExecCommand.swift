// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import OCIRuntime
internal import OCISpec
internal import SystemPackage

extension Command {
    static let exec = Command(
        name: "exec",
        summary: "run another process in a container",
        description: """
            Runs COMMAND in the container, confined as the first process is, and waits for its end. The exit status is
            that of the process, 128 and the number of the signal that killed it, or 255 when it could not be run.
            Options end at CONTAINER.
            """,
        operands: "CONTAINER [COMMAND [ARGUMENT...]]",
        operandCount: 1...100_000,
        options: [
            .process, .detach, .terminal, .environment, .user, .additionalGroups, .workingDirectory, .capability,
            .noNewPrivileges, .consoleSocket, .pidFile, .pidfdSocket, .preserveFDs, .ignorePaused, .appArmor,
            .processLabel, .subgroup,
        ],
        stopsAtOperand: true,
        failureStatus: 255
    ) { invocation in
        let arguments = invocation.arguments
        let isDetached = arguments.has(.detach)
        let passed = try PassedDescriptors(preserved: try arguments.count(of: .preserveFDs) ?? 0, listening: false)
        let container = try invocation.container()
        let consoleSocket = arguments.value(of: .consoleSocket)
        var options = ExecOptions()
        options.preservedDescriptors = passed.descriptors
        options.consoleSocket = consoleSocket.map { FilePath($0) }
        options.pidFile = arguments.value(of: .pidFile).map { FilePath($0) }
        options.keepsNewlines = consoleSocket == nil
        options.entersPaused = arguments.has(.ignorePaused)
        options.controlGroup = try Subgroups.choice(arguments.values(of: .subgroup))
        let foreground = isDetached ? nil : try Foreground()
        var program = ""
        let running: ExecProcess
        do {
            running = try container.exec(options: options) { first in
                let process = try ExecProcessDescription.process(arguments, after: first)
                program = process.args?.first ?? ""
                try TerminalRule.check(
                    hasTerminal: process.terminal ?? false,
                    isDetached: isDetached,
                    hasConsoleSocket: consoleSocket != nil
                )
                return process
            }
        } catch { throw InterpreterFailure(error, of: program) ?? error }
        if let socket = arguments.value(of: .pidfdSocket) {
            try PIDFDSocket.send(running.processID, to: socket)
        }
        guard let foreground else { return 0 }
        try foreground.follow(running.processID, terminal: running.terminal) {}
        return try running.waitBlocking().status
    }
}
