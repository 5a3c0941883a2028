// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A flag that docker's `run`, `create`, `exec` or `commit` has.
struct DockerFlag: Hashable, Sendable {
    /// Whether the flag takes a value.
    enum Kind: Hashable, Sendable { case toggle, value }

    /// What we do about it.
    enum Support: Hashable, Sendable {
        /// What docker does.
        case full
        /// Refused, except for these values, which say what is the case anyway.
        case onlyValues([String])
    }

    /// The name after the two dashes.
    let name: String
    /// The letter after one dash, if it has one.
    var letter: Character?
    /// Whether it takes a value.
    let kind: Kind
    /// What we do about it.
    var support = Support.full
    /// Whether a toggle says what is the case without it.
    var isOnByDefault = false

    /// The words for the argument parser.
    func words(isOn: Bool) throws(Failure) -> [String] {
        if support != .full && isOn { throw refusal }
        if isOnByDefault { return isOn ? [] : ["--no-\(name)"] }
        return support == .full && isOn ? ["--\(name)"] : []
    }

    /// The words for the argument parser.
    func words(value: String) throws(Failure) -> [String] {
        guard case .onlyValues(let accepted) = support else { return ["--\(name)", value] }
        if accepted.contains(value) { return [] }
        throw refusal
    }

    private var refusal: Failure { Failure("--\(name) is not supported") }

    static func find(long name: String, of command: String) -> DockerFlag? {
        flags(of: command).first { $0.name == name }
    }

    static func find(short letter: Character, of command: String) -> DockerFlag? {
        flags(of: command).first { $0.letter == letter }
    }

    private static func flags(of command: String) -> [DockerFlag] {
        switch command {
        case "exec": common + ofExec
        case "commit": ofCommit
        case "create": common + ofCreate + ofPulling + refused
        case "explain":
            common + ofCreate + refused + [
                DockerFlag(name: "json", kind: .toggle), DockerFlag(name: "check", kind: .toggle),
                DockerFlag(name: "pull", kind: .value, support: .onlyValues(["never"])),
            ]
        default: common + ofCreate + ofPulling + ofRun + refused
        }
    }
}
