// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension SyscallTable {
    /// The line of a system call's name, by binary search.
    ///
    /// - Parameters:
    ///   - name: The name's bytes.
    ///   - table: ``text``'s bytes.
    /// - Returns: The line's index, `nil` if the name is unknown.
    package static func line(of name: Span<UInt8>, in table: Span<UInt8>) -> Int? {
        guard !name.isEmpty, name.count < nameLength, name[name.count - 1] != padding else { return nil }
        var low = 0
        var high = table.count / lineLength
        while low < high {
            let middle = (low + high) / 2
            let order = compare(name, table, at: middle * lineLength)
            if order == 0 { return middle }
            if order < 0 { high = middle } else { low = middle + 1 }
        }
        return nil
    }

    /// The number of a line's call for an architecture, with the bits of its interface; `nil` if it does not have the
    /// call.
    package static func number(atLine line: Int, for abi: SeccompABI, in table: Span<UInt8>) -> UInt32? {
        let start = line * lineLength + nameLength + abi.rawValue * columnLength
        let end = abi == .arm ? multiplexerColumn : abi.rawValue * columnLength + nameLength + columnLength
        return digits(start..<(line * lineLength + end), in: table).map { $0 | abi.numberBits }
    }

    /// The way to make a line's call through `socketcall` or `ipc` on i386: which, and its number there.
    static func multiplexed(atLine line: Int, in table: Span<UInt8>) -> (letter: UInt8, number: UInt32)? {
        let start = line * lineLength + multiplexerColumn
        guard let number = digits(start..<((line + 1) * lineLength - 1), in: table) else { return nil }
        let letter = (start..<(start + columnLength)).first { table[$0] > UInt8(ascii: "9") }
        return letter.map { (table[$0], number) }
    }

    private static func digits(_ range: Range<Int>, in table: Span<UInt8>) -> UInt32? {
        var number: UInt32?
        for index in range {
            let digit = table[index] &- UInt8(ascii: "0")
            if digit < 10 { number = (number ?? 0) &* 10 &+ UInt32(digit) }
        }
        return number
    }

    private static var padding: UInt8 { UInt8(ascii: " ") }

    private static func compare(_ name: Span<UInt8>, _ table: Span<UInt8>, at start: Int) -> Int {
        for index in 0..<name.count {
            let difference = Int(name[index]) - Int(table[start + index])
            if difference != 0 { return difference }
        }
        return table[start + name.count] == padding ? 0 : -1
    }
}
