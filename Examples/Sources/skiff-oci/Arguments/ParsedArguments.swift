// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A command line, taken apart.
struct ParsedArguments: Sendable {
    /// The values of each option that was given, in order; an option without a value has empty ones.
    var options: [Option: [String]] = [:]
    /// What is no option.
    var operands: [String] = []

    /// Whether an option was given.
    func has(_ option: Option) -> Bool { options[option] != nil }

    /// The last value of an option.
    func value(of option: Option) -> String? { options[option]?.last }

    /// All values of an option.
    func values(of option: Option) -> [String] { options[option] ?? [] }

    /// The value of an option as a count.
    ///
    /// - Throws: ``UsageError`` when it is no number, or below 0.
    func count(of option: Option) throws(UsageError) -> Int? {
        guard let text = value(of: option) else { return nil }
        guard let count = Int(text), count >= 0 else {
            throw UsageError("invalid value \"\(text)\" for --\(option.name): a number from 0 on is needed")
        }
        return count
    }

    /// The value of an option that is one of a few words.
    ///
    /// - Throws: ``UsageError`` when it is another one.
    func choice(of option: Option, among words: [String]) throws(UsageError) -> String? {
        guard let text = value(of: option) else { return nil }
        guard words.contains(text) else {
            throw UsageError("invalid value \"\(text)\" for --\(option.name): choose \(words.joined(separator: ", "))")
        }
        return text
    }
}
