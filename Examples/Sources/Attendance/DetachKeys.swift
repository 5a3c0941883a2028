// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The keys by which a user leaves a process that goes on, as docker has them: `ctrl-p,ctrl-q`.
package struct DetachKeys: Hashable, Sendable {
    /// Docker's.
    package static let standard = DetachKeys(keys: [16, 17])

    private let keys: [UInt8]
    /// How many of them were typed last.
    private var typed = 0

    private init(keys: [UInt8]) { self.keys = keys }

    /// Reads a list of keys: single characters, and `ctrl-` with a letter or one of `@[\]^_`.
    ///
    /// - Parameter text: The keys with commas between; empty is none, so that nothing leaves.
    package init?(_ text: String) {
        if text.isEmpty {
            self.init(keys: [])
            return
        }
        var keys: [UInt8] = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            let isControl = word.hasPrefix("ctrl-")
            guard let key = Array((isControl ? word.dropFirst(5) : word).utf8).only else { return nil }
            if !isControl {
                keys.append(key)
            } else if key >= UInt8(ascii: "a") && key <= UInt8(ascii: "z") {
                keys.append(key - UInt8(ascii: "a") + 1)
            } else if key >= UInt8(ascii: "@") && key <= UInt8(ascii: "_") {
                keys.append(key - UInt8(ascii: "@"))
            } else {
                return nil
            }
        }
        self.init(keys: keys)
    }

    /// Takes what was typed.
    ///
    /// - Parameter bytes: The latest keys. Those that may begin the sequence are held back until it is known.
    /// - Returns: What goes to the process, and whether the sequence is whole.
    package mutating func take(_ bytes: [UInt8]) -> (passed: [UInt8], leaves: Bool) {
        if keys.isEmpty { return (bytes, false) }
        var passed: [UInt8] = []
        for byte in bytes {
            if byte == keys[typed] {
                typed += 1
                if typed == keys.count {
                    typed = 0
                    return (passed, true)
                }
                continue
            }
            passed += keys[..<typed]
            typed = byte == keys[0] ? 1 : 0
            if typed == 0 { passed.append(byte) }
        }
        return (passed, false)
    }
}

extension Array {
    /// The only element there is.
    fileprivate var only: Element? { count == 1 ? self[0] : nil }
}
