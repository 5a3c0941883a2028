// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec

/// Base64 as HTTP and the files of credentials use it (RFC 4648, section 4).
enum Base64 {
    static func encode(_ bytes: [UInt8]) -> String { Base64Data(bytes).encoded }

    /// The bytes; `nil` if the text is not base64. Padding may be missing, and NUL bytes at the end are dropped, which
    /// old versions of docker wrote.
    static func decode(_ text: String) -> [UInt8]? {
        let bare = text.utf8.reversed().drop { $0 == UInt8(ascii: "=") }.count
        let padded =
            String(decoding: text.utf8.prefix(bare), as: UTF8.self) + String(repeating: "=", count: (4 - bare % 4) % 4)
        guard var bytes = Base64Data(encoded: padded)?.bytes else { return nil }
        while bytes.last == 0 { bytes.removeLast() }
        return bytes
    }
}
