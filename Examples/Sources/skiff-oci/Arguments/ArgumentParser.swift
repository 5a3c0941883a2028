// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Takes command lines apart by a table of options.
///
/// `--name value`, `--name=value`, `-n value`, `-n=value`, several letters behind one dash, and, as in runc, a long name
/// behind one dash. `--` ends the options.
struct ArgumentParser {
    /// The options that there are.
    let options: [Option]
    /// Whether the first operand ends the options: what follows belongs to another command line.
    let stopsAtOperand: Bool

    private var rest: ArraySlice<String> = []
    private var result = ParsedArguments()

    init(options: [Option], stopsAtOperand: Bool) {
        self.options = options
        self.stopsAtOperand = stopsAtOperand
    }

    /// Takes a command line apart.
    ///
    /// - Throws: ``UsageError`` for an unknown option, a missing value, and a value where none belongs.
    mutating func parse(_ arguments: ArraySlice<String>) throws(UsageError) -> ParsedArguments {
        rest = arguments
        result = ParsedArguments()
        while let word = rest.popFirst() {
            if word == "--" { break }
            if word.hasPrefix("-") && word != "-" {
                try parse(option: word)
                continue
            }
            result.operands.append(word)
            if stopsAtOperand { break }
        }
        result.operands += rest
        return result
    }

    private mutating func parse(option word: String) throws(UsageError) {
        let isLong = word.hasPrefix("--")
        let text = word.dropFirst(isLong ? 2 : 1)
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        let value = parts.count > 1 ? String(parts[1]) : nil
        if let option = options.first(where: { $0.name == name || (!isLong && $0.letter.map(String.init) == name) }) {
            try add(option, value, as: word)
        } else if isLong || name.count < 2 {
            throw UsageError("unknown option \(isLong ? "--" : "-")\(name)")
        } else {
            try parse(letters: name, value, as: word)
        }
    }

    /// Several letters behind one dash; only the last of them may take a value.
    private mutating func parse(letters: String, _ value: String?, as word: String) throws(UsageError) {
        for (index, letter) in letters.enumerated() {
            let isLast = index == letters.count - 1
            guard let option = options.first(where: { $0.letter == letter }), isLast || option.value == .none else {
                throw UsageError("unknown option \(word)")
            }
            try add(option, isLast ? value : nil, as: "-\(letter)")
        }
    }

    private mutating func add(_ option: Option, _ value: String?, as word: String) throws(UsageError) {
        if option.value != .none {
            guard let value = value ?? rest.popFirst() else {
                throw UsageError("option \(word) requires an argument: \(option.spelling)")
            }
            result.options[option, default: []].append(value)
            return
        }
        switch value {
        case nil, "true": result.options[option] = [""]
        case "false": result.options[option] = nil
        case let value?: throw UsageError("invalid value \"\(value)\" for --\(option.name): it takes none")
        }
    }
}
