// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// `--ulimit`.
enum LimitFlag {
    /// `NAME=SOFT[:HARD]`.
    static func read(_ text: String) throws(Failure) -> RuntimeConfiguration.RLimit {
        let (name, value) = try KeyValue.read(text, of: "--ulimit", needsValue: true)
        guard let kind = RuntimeConfiguration.RLimit.Kind(rawValue: "RLIMIT_\(name.uppercased())") else {
            throw Failure("invalid ulimit \"\(text)\": there is no limit called \(name)")
        }
        let parts = value.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let soft = number(parts[0]), let hard = parts.count == 2 ? number(parts[1]) : soft else {
            throw Failure("invalid ulimit \"\(text)\": the form is NAME=SOFT[:HARD], -1 for no limit")
        }
        if soft > hard { throw Failure("invalid ulimit \"\(text)\": the soft limit is above the hard one") }
        return RuntimeConfiguration.RLimit(type: kind, soft: soft, hard: hard)
    }

    private static func number(_ text: Substring) -> UInt64? { text == "-1" ? .max : UInt64(text) }
}
