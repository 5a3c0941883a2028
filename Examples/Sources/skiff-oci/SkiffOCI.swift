// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CProgram
internal import Glibc
internal import Logging
internal import OCIRuntime

/// The program: an OCI runtime with runc's command line, over the library `OCIRuntime`.
@main enum SkiffOCI {
    static func main() {
        program_disarm_crash_handler()
        exit(run(arguments[...]))
    }

    /// The arguments behind the program's name.
    private static var arguments: [String] {
        var arguments: [String] = []
        while let argument = unsafe program_argument(CInt(arguments.count) + 1) {
            unsafe arguments.append(String(cString: argument))
        }
        return arguments
    }

    /// Runs a command line and returns the exit status.
    static func run(_ arguments: ArraySlice<String>) -> Int32 {
        var log = Log()
        var failureStatus: Int32 = 1
        do {
            var parser = ArgumentParser(options: GlobalOptions.all, stopsAtOperand: true)
            let parsed = try parser.parse(arguments)
            log = try Log(parsed)
            if parsed.has(.version) {
                Files.print(Version.text)
                return 0
            }
            guard let name = parsed.operands.first, !parsed.has(.help) else {
                Files.print(HelpText.program(commands: Command.all))
                return 0
            }
            if name == "help" { return try help(parsed.operands.dropFirst().first) }
            let command = try command(name)
            let own = try command.parse(parsed.operands.dropFirst())
            if own.has(.help) { return try help(name) }
            let globals = try GlobalOptions(parsed)
            failureStatus = command.failureStatus
            let handler = RuntimeLogHandler(log)
            let runtime = Runtime(root: globals.root, logger: Logger(label: Version.program) { _ in handler })
            return try command.run(Invocation(globals: globals, arguments: own, runtime: runtime, log: log))
        } catch {
            log.write(.error, "\(error)", shown: (error as? InterpreterFailure)?.line)
            return failureStatus
        }
    }

    private static func command(_ name: String) throws(UsageError) -> Command {
        if let command = Command.all.first(where: { $0.name == name }) { return command }
        throw UsageError(
            "unknown command \"\(name)\": No help topic for '\(name)'; \(Version.program) --help lists the commands"
        )
    }

    private static func help(_ name: String?) throws(UsageError) -> Int32 {
        guard let name else {
            Files.print(HelpText.program(commands: Command.all))
            return 0
        }
        Files.print(HelpText.command(try command(name)))
        return 0
    }
}
