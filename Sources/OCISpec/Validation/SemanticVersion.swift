// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A version in the form of SemVer 2.0.0.
struct SemanticVersion: Hashable, Sendable, CustomStringConvertible {
    let major: Int
    let description: String

    /// Reads a version, or gives `nil` if the text has another form.
    init?(_ text: String) {
        let utf8 = Array(text.utf8)
        guard utf8.count <= 256 else { return nil }
        let core = utf8.prefix { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "+") }
        let numbers = core.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard numbers.count == 3, numbers.allSatisfy(SemanticVersion.isNumber), let major = Bytes.number(numbers[0])
        else { return nil }
        var rest = utf8[core.endIndex...]
        if rest.first == UInt8(ascii: "-") {
            let release = rest.dropFirst().prefix { $0 != UInt8(ascii: "+") }
            guard SemanticVersion.isList(release, strict: true) else { return nil }
            rest = rest[release.endIndex...]
        }
        if rest.first == UInt8(ascii: "+") {
            guard SemanticVersion.isList(rest.dropFirst(), strict: false) else { return nil }
        }
        self.major = major
        description = text
    }

    private static func isNumber(_ digits: ArraySlice<UInt8>) -> Bool {
        Bytes.number(digits) != nil && (digits.count == 1 || digits.first != UInt8(ascii: "0"))
    }

    /// Whether the text is a list of identifiers; in a `strict` one numbers have no superfluous zeros.
    private static func isList(_ text: ArraySlice<UInt8>, strict: Bool) -> Bool {
        text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { part in
            let isIdentifier =
                !part.isEmpty && part.allSatisfy { Bytes.isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
            return isIdentifier && (!strict || !part.allSatisfy(Bytes.isDigit) || isNumber(part))
        }
    }
}
