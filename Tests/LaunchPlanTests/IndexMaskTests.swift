// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import LaunchPlan
import Testing

@Suite("A list of processors")
struct IndexMaskTests {
    @Test(
        "becomes the kernel's bit mask and back",
        arguments: [
            ("0", [UInt8(1)], "0"), ("0-3,7", [0x8f], "0-3,7"), ("63", [0, 0, 0, 0, 0, 0, 0, 0x80], "63"),
            ("64,1-2,2", [6, 0, 0, 0, 0, 0, 0, 0, 1], "1-2,64"), ("", [], ""),
        ]
    )
    func mask(list: String, bytes: [UInt8], shown: String) throws {
        let mask = try #require(IndexMask(list: Array(list.utf8)))
        #expect(mask.bytes.count % 8 == 0)
        #expect(Array(mask.bytes.prefix(bytes.count)) == bytes)
        #expect(mask.bytes.dropFirst(bytes.count).allSatisfy { $0 == 0 })
        #expect(mask.description == shown)
    }

    @Test(
        "is refused when it is none",
        .rows("CVE-2018-20699"),
        arguments: ["-", "1-", "3-1", "a", "1,", ",", "1--2", "65536", "1-2-3", " 1"]
    )
    func refused(list: String) { #expect(IndexMask(list: Array(list.utf8)) == nil) }
}
