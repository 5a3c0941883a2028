// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser

/// Brings a command line in docker's spellings into the form that the argument parser takes.
///
/// `--root` may stand before the subcommand. Where options end at the first word that is none (`run`, `create`, `exec`,
/// `explain`, `commit`), short options may be grouped and have their value attached (`-itv/a:/b`), and switches may have a value
/// (`--rm=false`). Flags of docker's that are not supported are refused here.
struct CommandLineReader {
    /// A command line for the argument parser.
    struct Line: Equatable {
        var command: String?
        var arguments: [String]
    }

    private static let passingCommands: Set = ["run", "create", "exec", "explain", "commit"]

    static func read(_ arguments: [String]) throws(Failure) -> Line {
        var rest = arguments[...]
        var head: [String] = []
        while let word = rest.first, word.hasPrefix("-"), word != "-" {
            rest.removeFirst()
            if word == "--root" {
                guard let directory = rest.popFirst() else { throw Failure("flag needs an argument: --root") }
                head += ["--root", directory]
            } else if word.hasPrefix("--root=") {
                head.append(word)
            } else if ["--help", "-h"].contains(word) {
                return Line(command: nil, arguments: ["--help"])
            } else if ["--version", "-v"].contains(word) {
                return Line(command: nil, arguments: ["--version"])
            } else {
                throw Failure("unknown flag: \(word); see 'skiff --help'")
            }
        }
        guard let command = rest.popFirst() else { return Line(command: nil, arguments: ["--help"]) }
        if command == "help" { return Line(command: nil, arguments: ["help"] + rest) }
        guard SkiffCommand.configuration.subcommands.contains(where: { $0.answers(to: command) }) else {
            throw Failure("'\(command)' is not a skiff command; see 'skiff --help'")
        }
        let tail = passingCommands.contains(command) ? try spell(rest, of: command) : try rest.map(spell(switch:))
        // The argument parser takes the flag for the first word that is no option.
        if tail.prefix(while: { $0.hasPrefix("-") }).contains("--help") {
            return Line(command: command, arguments: ["help", command])
        }
        return Line(command: command, arguments: [command] + head + tail)
    }

    /// Switches that are on by default and that podman's users turn off by a value.
    private static let switches: Set = ["tls-verify"]

    /// `--NAME=false` of a switch as the argument parser has it; other words as they are.
    private static func spell(switch word: String) throws(Failure) -> String {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].hasPrefix("--") else { return word }
        let name = String(parts[0].dropFirst(2))
        guard switches.contains(name) else { return word }
        guard let isOn = Switch.read(String(parts[1])) else {
            throw Failure("invalid argument \"\(parts[1])\" for --\(name): neither true nor false")
        }
        return isOn ? "--\(name)" : "--no-\(name)"
    }

    /// Options one by one up to the first word that is none; the rest as it is.
    private static func spell(_ arguments: ArraySlice<String>, of command: String) throws(Failure) -> [String] {
        var rest = arguments
        var spelled: [String] = []
        while let word = rest.first, word.hasPrefix("-"), word != "-", word != "--" {
            rest.removeFirst()
            if word.hasPrefix("--") {
                try spell(long: word, &rest, command, into: &spelled)
            } else {
                try spell(short: word, &rest, command, into: &spelled)
            }
        }
        if rest.first == "--" { rest.removeFirst() }
        // What follows is the image or container and its command, whatever it looks like.
        if let first = rest.first, first.hasPrefix("-"), first != "-" {
            throw Failure("'\(first)' is no name; see 'skiff \(command) --help'")
        }
        return spelled + rest
    }

    private static func spell(
        long word: String,
        _ rest: inout ArraySlice<String>,
        _ command: String,
        into spelled: inout [String]
    ) throws(Failure) {
        let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let flag = DockerFlag.find(long: name, of: command) else {
            throw Failure("unknown flag: --\(name); see 'skiff \(command) --help'")
        }
        if flag.kind == .toggle {
            let value = parts.count > 1 ? String(parts[1]) : "true"
            guard let isOn = Switch.read(value) else {
                throw Failure("invalid argument \"\(value)\" for --\(name): neither true nor false")
            }
            spelled += try flag.words(isOn: isOn)
        } else {
            var value = parts.count > 1 ? String(parts[1]) : nil
            if value == nil { value = rest.popFirst() }
            guard let value else { throw Failure("flag needs an argument: --\(name)") }
            spelled += try flag.words(value: value)
        }
    }

    private static func spell(
        short word: String,
        _ rest: inout ArraySlice<String>,
        _ command: String,
        into spelled: inout [String]
    ) throws(Failure) {
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
            guard let flag = DockerFlag.find(short: letter, of: command) else {
                throw Failure("unknown shorthand flag: '\(letter)' in \(word); see 'skiff \(command) --help'")
            }
            if flag.kind == .toggle {
                if letters.first == "=" {
                    guard let isOn = Switch.read(String(letters.dropFirst())) else {
                        throw Failure("invalid argument \"\(letters.dropFirst())\" for -\(letter)")
                    }
                    spelled += try flag.words(isOn: isOn)
                    return
                }
                spelled += try flag.words(isOn: true)
                continue
            }
            let attached = letters.first == "=" ? letters.dropFirst() : letters
            guard let value = letters.isEmpty ? rest.popFirst() : String(attached) else {
                throw Failure("flag needs an argument: '\(letter)' in \(word)")
            }
            spelled += try flag.words(value: value)
            return
        }
    }
}

extension ParsableCommand {
    /// Whether `name` is the command's, or an alias.
    static func answers(to name: String) -> Bool {
        configuration.commandName == name || configuration.aliases.contains(name)
    }
}
