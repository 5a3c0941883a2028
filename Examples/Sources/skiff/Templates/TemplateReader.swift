// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// Reads what stands between the braces of a template.
enum TemplateReader {
    /// The commands of a pipeline.
    static func pipeline(_ text: Substring) throws(Failure) -> [[GoTemplate.Operand]] {
        var commands: [[GoTemplate.Operand]] = [[]]
        // Dashes at the braces take blanks away around them, which nobody needs on a line.
        var rest = text
        if rest.hasPrefix("- ") { rest = rest.dropFirst() }
        if rest.hasSuffix(" -") { rest = rest.dropLast() }
        while let character = rest.first {
            if character.isWhitespace {
                rest.removeFirst()
            } else if character == "|" {
                rest.removeFirst()
                commands.append([])
            } else if character == "\"" || character == "`" {
                commands[commands.count - 1].append(.value(.string(try quoted(&rest))))
            } else {
                let word = rest.prefix { !$0.isWhitespace && $0 != "|" }
                rest = rest.dropFirst(word.count)
                commands[commands.count - 1].append(try operand(word))
            }
        }
        if commands.contains(where: \.isEmpty) { throw Failure("--format: an empty command in {{\(text)}}") }
        return commands
    }

    private static func quoted(_ rest: inout Substring) throws(Failure) -> String {
        let mark = rest.removeFirst()
        var text = ""
        while let character = rest.popFirst() {
            if character == mark { return text }
            if character == "\\", mark == "\"", let escaped = rest.popFirst() {
                text.append(escaped == "n" ? "\n" : escaped == "t" ? "\t" : escaped)
            } else {
                text.append(character)
            }
        }
        throw Failure("--format: a string without an end")
    }

    private static func operand(_ word: Substring) throws(Failure) -> GoTemplate.Operand {
        if word == "." { return .field([]) }
        if word.hasPrefix(".") {
            let names = word.dropFirst().split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard !names.contains(where: \.isEmpty) else { throw Failure("--format: \(word) is no field") }
            return .field(names)
        }
        if let number = Int64(word) { return .value(.integer(number)) }
        guard let function = TemplateFunction(rawValue: String(word)) else {
            let known = TemplateFunction.allCases.map(\.rawValue).joined(separator: ", ")
            throw Failure("--format: \(word) is not supported; fields and \(known) are")
        }
        return .function(function)
    }
}
