// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Builds small tar archives, well-formed or not, byte by byte.
struct TestTar {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ name: String, _ content: [UInt8], type: Character = "0", target: String = "") {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, _ offset: Int) {
            for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
        }
        put(name, 0)
        put("0000644", 100)
        put("0000000", 108)
        put("0000000", 116)
        let size = String(content.count, radix: 8)
        put(String(repeating: "0", count: 11 - size.utf8.count) + size, 124)
        put("00000000000", 136)
        put("        ", 148)
        put(String(type), 156)
        put(target, 157)
        put("ustar", 257)
        put("00", 263)
        let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
        put(String(repeating: "0", count: 6 - sum.utf8.count) + sum + "\0 ", 148)
        bytes += header + content
        if content.count % 512 > 0 { bytes += [UInt8](repeating: 0, count: 512 - content.count % 512) }
    }

    mutating func add(_ name: String, _ content: String) { add(name, Array(content.utf8)) }

    mutating func link(_ name: String, to target: String) { add(name, [], type: "2", target: target) }

    /// The archive with its end.
    var finished: [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }
}
