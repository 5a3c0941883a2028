// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Help texts in runc's layout, made from the tables that command lines are taken apart with.
enum HelpText {
    /// The program's help.
    static func program(commands: [Command]) -> String {
        """
        NAME:
           \(Version.program) - Open Container Initiative runtime

        USAGE:
           \(Version.program) [OPTION...] COMMAND [ARGUMENT...]

        DESCRIPTION:
           An OCI runtime with runc's command line: Linux containers from bundles, no daemon.
           \(Version.program) COMMAND --help explains a command.

        COMMANDS:
        \(table(commands.map { ($0.name, $0.summary) }))

        GLOBAL OPTIONS:
        \(table(GlobalOptions.all.map { ($0.spelling, $0.help) }))
        """
    }

    /// A command's help.
    static func command(_ command: Command) -> String {
        """
        NAME:
           \(Version.program) \(command.name) - \(command.summary)

        USAGE:
           \(usage(of: command))

        DESCRIPTION:
        \(command.description.split(separator: "\n").map { "   \($0)" }.joined(separator: "\n"))

        OPTIONS:
        \(table((command.options + [.help]).map { ($0.spelling, $0.help) }))
        """
    }

    /// A command's usage in one line.
    static func usage(of command: Command) -> String {
        let operands = command.operands.isEmpty ? "" : " \(command.operands)"
        return "\(Version.program) [OPTION...] \(command.name) [OPTION...]\(operands)"
    }

    private static func table(_ rows: [(String, String)]) -> String {
        let width = rows.reduce(0) { max($0, $1.0.count) }
        return rows.map { name, help in
            "   \(name)\(String(repeating: " ", count: width - name.count))  \(help)"
        }.joined(separator: "\n")
    }
}
