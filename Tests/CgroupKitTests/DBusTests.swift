// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Testing

@testable import CgroupKit

@Suite("D-Bus") struct DBusTests {
    @Test(
        "types have codes, and codes are read back",
        arguments: [
            "y", "b", "n", "q", "i", "u", "x", "t", "d", "s", "o", "g", "v", "as", "a(sv)", "a{sv}", "(is(ay))", "aau",
        ]
    )
    func types(_ code: String) throws {
        #expect(try DBusType.list(Array(code.utf8)).map(\.code) == [code])
    }

    @Test(
        "codes that are none are refused",
        arguments: [
            "a", "(", "()", "(i", "{sv}", "a{s", "a{sv", "z", "i)", String(repeating: "a", count: 40) + "i",
            String(repeating: "i", count: 256),
        ]
    )
    func badTypes(_ code: String) {
        #expect(throws: DBusError.self) { try DBusType.list(Array(code.utf8)) }
    }

    /// Bytes as the specification's rules give them.
    @Test("values are aligned and little-endian")
    func bytes() {
        var writer = DBusWriter()
        writer.write(.byte(7))
        writer.write(.uint32(0x0102_0304))
        writer.write(.string("ab"))
        writer.write(.uint64(1))
        #expect(
            writer.bytes == [
                7, 0, 0, 0, 4, 3, 2, 1, 2, 0, 0, 0, 0x61, 0x62, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
            ]
        )
        var array = DBusWriter()
        // The padding before the first element does not count.
        array.write(.array(.uint64, [.uint64(5)]))
        #expect(array.bytes == [8, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0])
        var variant = DBusWriter()
        variant.write(.variant(.boolean(true)))
        #expect(variant.bytes == [1, 0x62, 0, 0, 1, 0, 0, 0])
    }

    static let values: [DBusValue] = [
        .byte(255), .boolean(false), .int16(-2), .uint16(65_535), .int32(.min), .uint32(.max), .int64(.min),
        .uint64(.max), .double(-0.5), .string("täg"), .objectPath("/a/b"), .signature("a(sv)"),
        .variant(.variant(.string(""))), .array(.string, []), .array(.byte, [.byte(1), .byte(2)]),
        .structure([.byte(1), .int64(2), .structure([.string("x")])]),
        .array(.dictionaryEntry(.string, .variant), [.dictionaryEntry(.string("k"), .variant(.uint32(9)))]),
    ]

    @Test("values are read back as they were, wherever they stand", arguments: values, 0..<4)
    func roundTrip(_ value: DBusValue, _ offset: Int) throws {
        var message = DBusMessage(call: "M", of: "a.b", at: "/p", on: nil, [])
        message.serial = 77
        message.body = Array(repeating: DBusValue.byte(1), count: offset) + [value]
        #expect(try DBusMessage.decode(message.encoded) == message)
    }

    @Test("messages keep their header")
    func header() throws {
        var message = DBusMessage(.error)
        message.serial = 3
        message.replySerial = 2
        message.errorName = "a.b.Failed"
        message.destination = ":1.5"
        message.body = [.string("no")]
        #expect(try DBusMessage.decode(message.encoded) == message)
        #expect(message.encoded.prefix(4) == [UInt8(ascii: "l"), 3, 0, 1])
        #expect(try DBusMessage.length(Array(message.encoded.prefix(16))) == message.encoded.count)
    }

    @Test("every message that is cut off or damaged is refused, and none makes the reader trap")
    func damage() throws {
        var message = DBusMessage(call: "Member", of: "a.b", at: "/p", on: "c.d", Self.values)
        message.serial = 1
        let bytes = message.encoded
        for count in 0..<bytes.count {
            #expect(throws: DBusError.self) { try DBusMessage.decode(Array(bytes.prefix(count))) }
        }
        for index in bytes.indices {
            for value in [0, 1, 0x7f, 0xff] as [UInt8] {
                var damaged = bytes
                damaged[index] = value
                // Some damage gives another message that is in order.
                _ = try? DBusMessage.decode(damaged)
            }
        }
        var huge = bytes
        huge[4...7] = [0xff, 0xff, 0xff, 0x7f]
        #expect(throws: DBusError.self) { try DBusMessage.length(huge) }
    }
}
