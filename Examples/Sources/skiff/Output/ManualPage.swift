// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser

/// A page for man(1), made of a command's help.
struct ManualPage {
    /// What the page is called, for example `skiff-run`.
    let name: String
    private let command: any ParsableCommand.Type

    /// The pages of the program and of each of its commands.
    static var all: [ManualPage] {
        let root = SkiffCommand.configuration.commandName ?? ""
        let subcommands = SkiffCommand.configuration.subcommands.compactMap { command in
            command.configuration.commandName.map { ManualPage(name: "\(root)-\($0)", command: command) }
        }
        return [ManualPage(name: root, command: SkiffCommand.self)] + subcommands
    }

    private init(name: String, command: any ParsableCommand.Type) {
        self.name = name
        self.command = command
    }

    /// The page's source.
    var source: String {
        var lines = [
            ".TH \(name.uppercased()) 1 \"\" \"skiff \(Version.text.split(separator: " ").last ?? "")\" \"Skiff\"",
            ".SH NAME", "\(Self.escaped(name)) \\- \(Self.escaped(command.configuration.abstract))",
        ]
        var isFilled = true
        let help = SkiffCommand.helpMessage(for: command, columns: 80)
        for line in help.split(separator: "\n", omittingEmptySubsequences: false) {
            if let title = Self.title(of: line) {
                if !isFilled { lines.append(".fi") }
                isFilled = title.rest == nil
                lines.append(".SH \(title.name)")
                if !isFilled { lines.append(".nf") }
                if let rest = title.rest, !rest.isEmpty { lines.append(Self.escaped(rest)) }
            } else {
                lines.append(line.isEmpty ? (isFilled ? ".PP" : "") : Self.escaped(String(line)))
            }
        }
        if !isFilled { lines.append(".fi") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The title of a section of the help; what is in columns keeps its line breaks.
    private static func title(of line: Substring) -> (name: String, rest: String?)? {
        for (heading, name) in [("OVERVIEW: ", "DESCRIPTION"), ("USAGE: ", "SYNOPSIS")] where line.hasPrefix(heading) {
            return (name, String(line.dropFirst(heading.count)))
        }
        guard line.hasSuffix(":"), line.first?.isUppercase == true, !line.contains("  ") else { return nil }
        return (escaped(line.dropLast().uppercased()), "")
    }

    /// Text that roff takes as it is.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            default: result.append(character)
            }
        }
        return result.hasPrefix(".") || result.hasPrefix("'") ? "\\&\(result)" : result
    }
}
