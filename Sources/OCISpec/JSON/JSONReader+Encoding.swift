// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension JSONReader {
    /// Checks that the document is UTF-8 as RFC 3629 defines it.
    ///
    /// Throws `byteOrderMark` or `invalidUTF8` at the first byte that is not in order.
    func checkEncoding() throws(JSONError) {
        try checkMark()
        var index = 0
        while index < count {
            if isASCII(eightAt: index) {
                index += 8
                continue
            }
            if byte(index) < 0x80 {
                index += 1
                continue
            }
            let length = sequenceLength(at: index)
            guard length > 0 else {
                throw JSONError(.invalidUTF8, offset: index, detail: "the bytes are not well-formed UTF-8")
            }
            index += length
        }
    }

    private func checkMark() throws(JSONError) {
        let first = byte(0)
        let second = count > 1 ? byte(1) : UInt8(ascii: " ")
        // In UTF-16 and UTF-32 one of the first two bytes of any JSON text is zero or part of a mark.
        guard first != 0xEF, first != 0xFE, first != 0xFF, first != 0, second != 0 else {
            throw JSONError(
                .byteOrderMark,
                offset: 0,
                detail: "the document is not UTF-8 without byte order mark"
            )
        }
    }

    /// Length of the well-formed sequence at `index`, which is not ASCII; zero if it is ill-formed.
    private func sequenceLength(at index: Int) -> Int {
        let length: Int
        let second: ClosedRange<UInt8>
        switch byte(index) {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return 0
        }
        guard index + length <= count, second.contains(byte(index + 1)) else { return 0 }
        for offset in 2..<max(length, 2) where byte(index + offset) & 0xC0 != 0x80 { return 0 }
        return length
    }
}
