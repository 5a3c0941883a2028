// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The rules for the parts of a ``Reference``, applied to bytes.
enum ReferenceGrammar {
    /// Divides a name into registry and the rest, as docker does: the first part is a registry if it has a dot, a
    /// colon or a capital letter, or is `localhost`.
    static func splitRegistry(_ name: ArraySlice<UInt8>) -> (registry: String, rest: ArraySlice<UInt8>) {
        guard let slash = name.firstIndex(of: UInt8(ascii: "/")) else { return (Reference.defaultRegistry, name) }
        let first = name[..<slash]
        if first.elementsEqual("index.docker.io".utf8) { return (Reference.defaultRegistry, name[(slash + 1)...]) }
        let isRegistry =
            first.elementsEqual("localhost".utf8)
            || first.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") || Bytes.isUpper($0) }
        guard isRegistry else { return (Reference.defaultRegistry, name) }
        return (String(decoding: first, as: UTF8.self), name[(slash + 1)...])
    }

    /// Checks host and port of a registry.
    static func checkRegistry(_ registry: ArraySlice<UInt8>) throws(FormatError) {
        guard registry.count <= 255 else {
            throw FormatError(.reference, registry, "the name of a registry has at most 255 bytes")
        }
        var host = registry
        if registry.first == UInt8(ascii: "[") {
            guard let bracket = registry.firstIndex(of: UInt8(ascii: "]")) else {
                throw FormatError(.reference, registry, "the registry's address lacks its closing bracket")
            }
            host = registry[...bracket]
            let address = registry[(registry.startIndex + 1)..<bracket]
            guard !address.isEmpty, address.allSatisfy({ Bytes.isHexDigit($0) || $0 == UInt8(ascii: ":") }) else {
                throw FormatError(.reference, registry, "the registry's address is no IPv6 address")
            }
        } else {
            host = registry.prefix { $0 != UInt8(ascii: ":") }
            let labels = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            guard labels.allSatisfy(isLabel) else {
                throw FormatError(.reference, registry, "the registry's host name has an invalid part")
            }
        }
        let port = registry[host.endIndex...]
        guard port.isEmpty || port.first == UInt8(ascii: ":") && isPort(port.dropFirst()) else {
            throw FormatError(.reference, registry, "the registry's port is no number from 1 to 65535")
        }
    }

    private static func isPort(_ digits: ArraySlice<UInt8>) -> Bool {
        digits.count <= 5 && Bytes.number(digits).map { (1...65535).contains($0) } ?? false
    }

    private static func isLabel(_ label: ArraySlice<UInt8>) -> Bool {
        guard let first = label.first, let last = label.last else { return false }
        return Bytes.isAlphanumeric(first) && Bytes.isAlphanumeric(last)
            && label.allSatisfy { Bytes.isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }

    /// Checks the name of a repository: parts of small letters and digits, joined within by `.`, `_`, `__` or dashes.
    static func checkRepository(_ path: ArraySlice<UInt8>) throws(FormatError) {
        guard !path.isEmpty else { throw FormatError(.reference, path, "the name of the repository is empty") }
        guard !path.contains(where: Bytes.isUpper) else {
            throw FormatError(.reference, path, "the name of a repository has no capital letters")
        }
        for part in path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) where !isComponent(part)
        {
            throw FormatError(.reference, path, "the name of the repository has an invalid part")
        }
    }

    private static func isComponent(_ part: ArraySlice<UInt8>) -> Bool {
        func isLetter(_ byte: UInt8) -> Bool { Bytes.isDigit(byte) || Bytes.isLower(byte) }
        guard let first = part.first, let last = part.last, isLetter(first), isLetter(last) else { return false }
        return part.split(whereSeparator: isLetter).allSatisfy { separator in
            separator.elementsEqual(".".utf8) || separator.elementsEqual("_".utf8) || separator.elementsEqual("__".utf8)
                || separator.allSatisfy { $0 == UInt8(ascii: "-") }
        }
    }

    /// Checks a tag and returns it as text.
    static func tag(_ bytes: ArraySlice<UInt8>) throws(FormatError) -> String {
        func isWord(_ byte: UInt8) -> Bool { Bytes.isAlphanumeric(byte) || byte == UInt8(ascii: "_") }
        guard let first = bytes.first, isWord(first), bytes.count <= 128,
            bytes.allSatisfy({ isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") })
        else {
            throw FormatError(
                .reference,
                bytes,
                "a tag has 1 to 128 letters, digits, '_', '.' and '-', and begins with none of the latter two"
            )
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
