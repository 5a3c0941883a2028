// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// An option of a command line: how it is spelled, what it takes, what it does.
struct Option: Hashable, Sendable {
    /// What follows an option.
    enum Value: Hashable, Sendable {
        /// Nothing: it is there or not.
        case none
        /// One value, by this name in help texts; the last one counts.
        case one(String)
        /// One value each time it is given.
        case many(String)
    }

    /// Its long name, without dashes.
    let name: String
    /// Its one-letter name.
    let letter: Character?
    /// What follows it.
    let value: Value
    /// What it does, for help texts.
    let help: String

    init(_ name: String, letter: Character? = nil, value: Value = .none, _ help: String) {
        self.name = name
        self.letter = letter
        self.value = value
        self.help = help
    }

    /// How it is written in help texts: `--bundle DIR, -b DIR`.
    var spelling: String {
        let placeholder =
            switch value {
            case .none: ""
            case .one(let name), .many(let name): " \(name)"
            }
        let short = letter.map { ", -\($0)\(placeholder)" } ?? ""
        return "--\(name)\(placeholder)\(short)"
    }
}
