// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import OCISpec
import Testing

@Suite("A digest")
struct DigestTests {
    static let hex = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"

    @Test("is read from its text and written back", arguments: ["sha256:" + hex, "sha512:" + hex + hex])
    func parse(_ text: String) throws {
        let digest = try Digest(text)
        #expect(digest.description == text)
        #expect(try Digest(bytes: Array(text.utf8)) == digest)
        #expect(try Digest(json: digest.json()) == digest)
        #expect(digest.encoded.utf8.count == 2 * digest.algorithm.byteCount)
    }

    @Test("is made from a hash")
    func hash() throws {
        let digest = try Digest(algorithm: .sha256, hash: Array(repeating: 0xA5, count: 32))
        #expect(digest.description == "sha256:" + String(repeating: "a5", count: 32))
        let error = #expect(throws: FormatError.self) { try Digest(algorithm: .sha512, hash: [1, 2]) }
        #expect(error?.code == .digest)
    }

    /// Texts that are no digest, and why.
    static let refusals: [(String, FormatError.Code)] = [
        ("", .digest), ("sha256", .digest), ("sha256:", .digest), ("sha256:../../x", .digest),
        ("sha256:\(hex.uppercased())", .digest), ("sha256:\(hex.dropLast())", .digest), ("sha256:\(hex)0", .digest),
        ("sha256:\(hex.dropLast())g", .digest), ("sha256:\u{301}\(hex)", .digest),
        ("sha256:\(hex.dropLast())a\u{301}", .digest), ("sha256:\(hex.dropLast(2))\u{E9}", .digest),
        ("sha256:\(hex.dropLast())\u{FF11}", .digest), ("sha256:\(hex.dropLast())\n", .digest),
        ("sha256:\(hex.dropLast())\0", .digest), (" sha256:\(hex)", .unsupportedAlgorithm),
        ("SHA256:\(hex)", .unsupportedAlgorithm), ("sha256\u{301}:\(hex)", .unsupportedAlgorithm),
        ("md5:d41d8cd98f00b204e9800998ecf8427e", .unsupportedAlgorithm), (":\(hex)", .unsupportedAlgorithm),
        ("sha512:\(hex)", .digest), ("sha256:sha256:\(hex)", .digest),
    ]

    @Test("is refused when anything about it is not exact", .rows("J-12", "CVE-2024-3727"), arguments: refusals)
    func refuse(_ text: String, _ code: FormatError.Code) {
        let error = #expect(throws: FormatError.self) { try Digest(text) }
        #expect(error?.code == code)
    }
}
