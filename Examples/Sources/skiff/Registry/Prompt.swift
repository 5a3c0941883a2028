// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Attendance
internal import Glibc

/// Asks the user at the terminal.
enum Prompt {
    /// Asks for one line.
    ///
    /// - Parameter question: What is asked, on standard error.
    /// - Returns: The line, without its end.
    /// - Throws: ``Failure`` if standard input is no terminal or ends.
    static func line(_ question: String) throws -> String {
        try ask(question)
        var bytes: [UInt8] = []
        while let byte = try next(), byte != UInt8(ascii: "\n") { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Asks for one line that is not shown. The terminal is as before afterwards, also after an interrupt.
    ///
    /// - Parameter question: What is asked, on standard error.
    /// - Returns: The line, without its end.
    /// - Throws: ``Failure`` if standard input is no terminal or ends, with status 130 for an interrupt.
    static func secret(_ question: String) throws -> String {
        try ask(question)
        defer { try? Output.write(Array("\n".utf8), to: 2) }
        // As before when this goes away.
        let terminal = HostTerminal(isRaw: true, addsReturns: true)
        let answer = try hiddenLine()
        _ = consume terminal
        return answer
    }

    private static func hiddenLine() throws -> String {
        var bytes: [UInt8] = []
        while let byte = try next() {
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): return String(decoding: bytes, as: UTF8.self)
            case 3: throw Failure("interrupted", status: 130)
            case 4 where bytes.isEmpty: throw Failure("no password was entered")
            case 8, 127: while let last = bytes.popLast(), last & 0xC0 == 0x80 {}
            case 21: bytes = []
            default: bytes.append(byte)
            }
        }
        throw Failure("no password was entered")
    }

    /// Reads what is piped into standard input, to its end.
    ///
    /// - Parameter limit: The most bytes that are taken.
    /// - Returns: The text, without the newline that `echo` adds.
    /// - Throws: ``Failure`` if standard input is a terminal or has more.
    static func piped(limit: Int) throws -> String {
        if HostTerminal.isInput { throw Failure("nothing is piped in: standard input is a terminal") }
        var bytes: [UInt8] = []
        while let byte = try next() {
            bytes.append(byte)
            if bytes.count > limit { throw Failure("standard input has more than \(limit) bytes") }
        }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func ask(_ question: String) throws {
        guard HostTerminal.isInput else {
            throw Failure("cannot ask for a name or password: standard input is no terminal")
        }
        try Output.write(Array(question.utf8), to: 2)
    }

    private static func next() throws -> UInt8? {
        var byte: UInt8 = 0
        while true {
            let count = unsafe read(0, &byte, 1)
            if count == 1 { return byte }
            if count == 0 { return nil }
            if errno != EINTR { throw Failure("read the terminal: \(Failure.text(of: errno))") }
        }
    }
}
