// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Ids and names of containers.
enum ContainerName {
    /// A new id: 64 hexadecimal digits, from the kernel's random numbers.
    static func makeID() -> String {
        (0..<4).map { _ in
            let digits = String(UInt64.random(in: .min ... .max), radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }

    /// A name that people can remember.
    static func makeUp() -> String {
        let adjectives = [
            "brave", "bright", "brisk", "calm", "clear", "eager", "fair", "fleet", "fresh", "gentle", "keen", "light",
            "lively", "lucky", "merry", "mild", "nimble", "proud", "quick", "quiet", "ready", "salty", "sharp",
            "steady",
            "sunny", "swift", "trim", "warm", "wise", "young",
        ]
        let boats = [
            "barge", "brig", "canoe", "clipper", "cog", "coracle", "curragh", "cutter", "dhow", "dinghy", "dory",
            "ferry",
            "galley", "gig", "hooker", "junk", "kayak", "ketch", "launch", "lugger", "pinnace", "pram", "punt", "raft",
            "sampan", "schooner", "scow", "skiff", "sloop", "smack", "tender", "trawler", "tug", "umiak", "wherry",
            "yawl",
        ]
        // The lists are not empty, so there always is an element.
        let adjective = adjectives.randomElement() ?? ""
        let boat = boats.randomElement() ?? ""
        return "\(adjective)_\(boat)_\(UInt16.random(in: 100...999))"
    }

    /// Docker's rule: a letter or digit, then letters, digits, `_`, `.` and `-`; at most 128 bytes.
    static func isValid(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard let first = bytes.first, bytes.count <= 128, isAlphanumeric(first) else { return false }
        let others = Array("_.-".utf8)
        return bytes.allSatisfy { isAlphanumeric($0) || others.contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
