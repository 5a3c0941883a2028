// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import CProgram
internal import Glibc

/// The program.
@main
enum Skiff {
    static func main() {
        program_disarm_crash_handler()
        openMissingStreams()
        var arguments = ProgramArguments.all
        if arguments.first == Supervisor.argument {
            arguments.removeFirst()
            Supervisor.takeOver()
        }
        if arguments.first == TerminalKeeper.holdArgument { TerminalKeeper.hold() }
        exit(run(arguments))
    }

    /// Sees to it that what we open never gets the number of a standard stream.
    private static func openMissingStreams() {
        while true {
            let number = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
            if number > 2 { close(number) }
            if number > 2 || number < 0 { return }
        }
    }

    /// Runs the command that `arguments` name.
    ///
    /// - Returns: The exit status.
    private static func run(_ arguments: [String]) -> Int32 {
        var command = SkiffCommand.configuration.commandName ?? ""
        do {
            let line = try CommandLineReader.read(arguments)
            if let name = line.command { command += " \(name)" }
            var parsed = try SkiffCommand.parseAsRoot(line.arguments)
            try parsed.run()
            return 0
        } catch {
            return Failure(error, command: command).report()
        }
    }
}
