// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The rule for container ids, checked on bytes: an id becomes a directory's name.
enum ContainerIdentifier {
    /// The longest id, so that the directory's name fits every file system.
    static let limit = 255

    /// Checks an id: a letter, digit or underscore, then letters, digits and `_`, `.`, `+`, `-`.
    ///
    /// - Throws: ``RuntimeError``: `invalidID`.
    static func check(_ id: String) throws(RuntimeError) {
        let bytes = Array(id.utf8)
        guard let first = bytes.first else { throw RuntimeError(.invalidID, "the container id is empty") }
        guard bytes.count <= limit else {
            throw RuntimeError(.invalidID, "the container id is longer than \(limit) bytes")
        }
        let others: Set<UInt8> = [UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-")]
        guard isWord(first), bytes.allSatisfy({ isWord($0) || others.contains($0) }) else {
            throw RuntimeError(
                .invalidID,
                "invalid container id",
                hint: "ids consist of letters, digits, '_', '.', '+' and '-', and start with a letter, digit or '_'"
            )
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
