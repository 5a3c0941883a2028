// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension Sequence where Element == UInt8 {
    /// The bytes in double quotes, with everything but printable ASCII as `\xNN`, at most 256 of them.
    ///
    /// Names in layers are hostile: unescaped they could forge lines of a log or drive a terminal.
    var escapedForDisplay: String {
        var text = "\""
        var count = 0
        for byte in self {
            count += 1
            if count > 256 { return text + "\"..." }
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += "\\\(UnicodeScalar(byte))"
            case 0x20..<0x7f: text.unicodeScalars.append(UnicodeScalar(byte))
            default:
                let digits = String(byte, radix: 16)
                text += byte < 16 ? "\\x0\(digits)" : "\\x\(digits)"
            }
        }
        return text + "\""
    }
}
