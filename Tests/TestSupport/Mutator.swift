// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Makes inputs of inputs: the same ones for the same seed.
struct Mutator {
    private let seeds: [[UInt8]]
    private let tokens: [[UInt8]]
    private var state: UInt64

    /// What formats dislike: ends, signs, extremes of numbers, paths, marks that look like nothing.
    private static let common = [
        "", "\0", "\n", "\r\n", " ", "\"", "\\", "/", "..", "../", "/../", ".", ":", "=", ",", ";", "@", "%", "+", "-1",
        "0",
        "00", "0x1", "1e9", "127", "255", "256", "32767", "32768", "65535", "65536", "2147483647", "2147483648",
        "4294967295", "4294967296", "9007199254740993", "9223372036854775807", "9223372036854775808",
        "18446744073709551615", "18446744073709551616", "null", "{", "}", "[", "]", "\u{301}", "\u{FEFF}", "\u{FF0E}",
        "é", "\\u0000", "\\ud800",
    ]

    init(seeds: [[UInt8]], tokens: [String], seed: UInt64) {
        self.seeds = seeds.isEmpty ? [[]] : seeds
        self.tokens = (Self.common + tokens).map { Array($0.utf8) } + [[0xFF], [0x80], [0xC0, 0x80]]
        state = seed
    }

    /// The next number of the sequence (SplitMix64).
    private mutating func random(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((value ^ (value >> 31)) % UInt64(max(bound, 1)))
    }

    /// The next input.
    mutating func next() -> [UInt8] {
        var bytes = seeds[random(seeds.count)]
        for _ in 0...random(4) { mutate(&bytes) }
        return bytes
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        let place = random(bytes.count + 1)
        let length = min(bytes.count - place, 1 + random(random(2) == 0 ? 4 : 600))
        switch random(10) {
        case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8(random(8))
        case 1 where place < bytes.count: bytes[place] = UInt8(random(256))
        case 2: bytes.removeSubrange(place..<(place + length))
        case 3: bytes.insert(contentsOf: bytes[place..<(place + length)], at: random(bytes.count + 1))
        case 4: bytes.removeSubrange(place...)
        case 5: replaceNumber(near: place, in: &bytes)
        case 6:
            let other = seeds[random(seeds.count)]
            bytes = Array(bytes[..<place]) + other[random(other.count + 1)...]
        case 7: bytes.replaceSubrange(place..<(place + length), with: tokens[random(tokens.count)])
        default: bytes.insert(contentsOf: tokens[random(tokens.count)], at: place)
        }
    }

    /// Puts a token in the place of the digits at or behind `place`.
    private mutating func replaceNumber(near place: Int, in bytes: inout [UInt8]) {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard let start = bytes[place...].firstIndex(where: digits.contains) else { return }
        let end = bytes[start...].firstIndex { !digits.contains($0) } ?? bytes.endIndex
        bytes.replaceSubrange(start..<end, with: tokens[random(tokens.count)])
    }
}
