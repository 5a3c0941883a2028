// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Glibc

/// Writes to the standard streams.
enum Output {
    /// Writes lines to standard output.
    static func line(_ text: String) throws { try write(Array((text + "\n").utf8), to: 1) }

    /// Writes bytes to a descriptor.
    static func write(_ bytes: [UInt8], to descriptor: CInt) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw Failure("write output: \(Failure.text(of: errno))")
            }
            rest = rest.dropFirst(count)
        }
    }

    /// Writes one line to standard error, with the program's name before it.
    static func error(_ message: String) {
        let line = message.split { $0 == "\n" || $0 == "\r\n" }.joined(separator: "; ")
        // Nobody is left to be told.
        try? write(Array("skiff: \(line)\n".utf8), to: 2)
    }
}
