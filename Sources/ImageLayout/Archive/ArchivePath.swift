// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The name of a file in an image archive: components joined by `/`, none of them empty, `.` or `..`.
///
/// Such names only ever select an entry of the archive; no file is created under one.
struct ArchivePath: Hashable, Sendable, CustomStringConvertible {
    /// Greatest length in bytes.
    static let maximumLength = 1024

    /// The components. Empty for the archive's root, which only directories can be.
    let components: [String]

    /// Checks the name of an entry: printable ASCII, not absolute, no `..`; `./` in front and `/` behind are dropped.
    init?(entryName name: [UInt8]) {
        guard Self.isPlain(name), name.first != UInt8(ascii: "/") else { return nil }
        var components: [String] = []
        let parts = name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if part.elementsEqual(".".utf8) && index == 0 { continue }
            if part.isEmpty && index == parts.count - 1 { continue }
            guard !part.isEmpty, !part.elementsEqual(".".utf8), !part.elementsEqual("..".utf8) else { return nil }
            components.append(String(decoding: part, as: UTF8.self))
        }
        self.components = components
    }

    /// What a symbolic link called `link` points to; `nil` if that is outside of the archive.
    init?(target: [UInt8], of link: ArchivePath) {
        guard Self.isPlain(target), target.first != UInt8(ascii: "/") else { return nil }
        var components = Array(link.components.dropLast())
        for part in target.split(separator: UInt8(ascii: "/")) where !part.elementsEqual(".".utf8) {
            if part.elementsEqual("..".utf8) {
                if components.popLast() == nil { return nil }
            } else {
                components.append(String(decoding: part, as: UTF8.self))
            }
        }
        self.components = components
    }

    private static func isPlain(_ name: [UInt8]) -> Bool {
        !name.isEmpty && name.count <= maximumLength
            && name.allSatisfy { (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "\\") }
    }

    var description: String { components.joined(separator: "/") }
}
