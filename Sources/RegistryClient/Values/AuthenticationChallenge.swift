// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// What a server asks for before it answers: one challenge of a `WWW-Authenticate` header.
///
/// - SeeAlso: RFC 9110, section 11.6.1; for bearer tokens docker's token authentication specification.
public struct AuthenticationChallenge: Hashable, Sendable {
    /// The scheme in small letters, for example `basic` or `bearer`.
    public let scheme: String
    /// The parameters, their names in small letters.
    public let parameters: [String: String]

    /// The value of a parameter, or `nil` if it is absent or empty.
    public subscript(_ name: String) -> String? {
        guard let value = parameters[name], !value.isEmpty else { return nil }
        return value
    }

    /// Reads the values of the `WWW-Authenticate` fields of a response.
    ///
    /// A value that is malformed counts as absent: a server that cannot say what it wants gets nothing.
    ///
    /// - Parameter values: The values.
    /// - Returns: The challenges in their order, 16 at most.
    public static func read(_ values: [String]) -> [AuthenticationChallenge] {
        Array(values.flatMap { ChallengeParser.read(Array($0.utf8)) ?? [] }.prefix(16))
    }
}

/// Divides one field's value into challenges.
private struct ChallengeParser {
    private var rest: ArraySlice<UInt8>

    /// The challenges; `nil` if the value is malformed.
    static func read(_ value: [UInt8]) -> [AuthenticationChallenge]? {
        guard value.count <= 16_384 else { return nil }
        var parser = ChallengeParser(rest: value[...])
        var challenges: [AuthenticationChallenge] = []
        parser.skipSeparators()
        while !parser.rest.isEmpty {
            guard let challenge = parser.challenge(), challenges.count < 16 else { return nil }
            challenges.append(challenge)
            parser.skipSeparators()
        }
        return challenges
    }

    private mutating func challenge() -> AuthenticationChallenge? {
        let scheme = token()
        guard !scheme.isEmpty else { return nil }
        skipSpaces()
        var parameters: [String: String] = [:]
        while true {
            let before = rest
            let name = token()
            skipSpaces()
            guard !name.isEmpty, rest.first == UInt8(ascii: "=") else {
                // No parameter: the next challenge begins here, or the value ends.
                rest = before
                break
            }
            rest.removeFirst()
            skipSpaces()
            guard let value = value(), parameters.count < 32 else { return nil }
            // Two values of one name contradict each other.
            guard parameters.updateValue(value, forKey: ASCII.lowercased(name)) == nil else { return nil }
            skipSpaces()
            guard rest.isEmpty || rest.first == UInt8(ascii: ",") else { return nil }
            skipSeparators()
        }
        return AuthenticationChallenge(scheme: ASCII.lowercased(scheme), parameters: parameters)
    }

    private mutating func token() -> String {
        let word = rest.prefix(while: ASCII.isToken)
        rest = rest[word.endIndex...]
        return String(decoding: word, as: UTF8.self)
    }

    /// A token or a quoted string.
    private mutating func value() -> String? {
        guard rest.first == UInt8(ascii: "\"") else {
            let word = rest.prefix { $0 != UInt8(ascii: ",") && !ASCII.isSpace($0) && $0 != UInt8(ascii: "\"") }
            rest = rest[word.endIndex...]
            return String(decoding: word, as: UTF8.self)
        }
        rest.removeFirst()
        var text: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let next = rest.popFirst() else { return nil }
                text.append(next)
            default: text.append(byte)
            }
        }
        return nil
    }

    private mutating func skipSpaces() { rest = rest.drop(while: ASCII.isSpace) }

    private mutating func skipSeparators() { rest = rest.drop { ASCII.isSpace($0) || $0 == UInt8(ascii: ",") } }
}
