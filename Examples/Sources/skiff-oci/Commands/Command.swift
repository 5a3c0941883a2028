// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A command of the program: its command line, its help, and what it does.
struct Command: Sendable {
    let name: String
    /// What it does, in half a line.
    let summary: String
    /// What it does, in full.
    var description: String
    /// Its operands, for help texts.
    var operands = ""
    /// How many operands it takes.
    var operandCount = 0...0
    var options: [Option] = []
    /// Whether options end at the first operand.
    var stopsAtOperand = false
    /// The exit status when it fails.
    var failureStatus: Int32 = 1
    /// Does it, and returns the exit status.
    let run: @Sendable (Invocation) throws -> Int32

    /// All commands, in the order of the help text.
    static let all = [
        create, start, state, kill, delete, run, exec, list, ps, pause, resume, update, events, checkpoint, restore,
        spec, features,
    ]

    /// Takes the command's own arguments apart.
    ///
    /// - Throws: ``UsageError``, with the usage.
    func parse(_ arguments: ArraySlice<String>) throws(UsageError) -> ParsedArguments {
        var parser = ArgumentParser(options: options + [.help], stopsAtOperand: stopsAtOperand)
        do throws(UsageError) {
            let parsed = try parser.parse(arguments)
            if parsed.has(.help) { return parsed }
            let count = parsed.operands.count
            if count < operandCount.lowerBound { throw UsageError("too few arguments") }
            if count > operandCount.upperBound {
                throw UsageError("unexpected argument \"\(parsed.operands[operandCount.upperBound])\"")
            }
            return parsed
        } catch {
            throw UsageError("\(name): \(error); usage: \(HelpText.usage(of: self))")
        }
    }
}
