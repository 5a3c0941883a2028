// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import Testing

@Suite("Written JSON")
struct JSONWriterTests {
    @Test("is laid out with two spaces a level, empty containers on one line")
    func pretty() throws {
        let text = try JSONValue(json: #"{"a":[1,{"b":null}],"c":{},"d":[],"e":true}"#).json(pretty: true)
        let expected = """
            {
              "a": [
                1,
                {
                  "b": null
                }
              ],
              "c": {},
              "d": [],
              "e": true
            }
            """
        #expect(String(decoding: text, as: UTF8.self) == expected)
    }

    @Test("escapes what must be escaped, and reads back as the same string")
    func escapes() throws {
        let all = String(String.UnicodeScalarView((1...0x2FF).compactMap { Unicode.Scalar($0) }))
        let json = all.json()
        #expect(json.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        #expect(try String(json: json).utf8.elementsEqual(all.utf8))
        #expect(String(decoding: "\u{1}\"\\/\u{1F}é".json(), as: UTF8.self) == #""\u0001\"\\/\u001fé""#)
    }

    @Test("has the keys of maps in the order of their bytes")
    func order() {
        let map = ["b": 1, "a.b": 2, "a": 3, "é": 4, "Z": 5]
        #expect(String(decoding: map.json(), as: UTF8.self) == #"{"Z":5,"a":3,"a.b":2,"b":1,"é":4}"#)
        let set: Set = ["80/tcp", "53/udp"]
        #expect(String(decoding: set.json(), as: UTF8.self) == #"{"53/udp":{},"80/tcp":{}}"#)
    }

    @Test("shows hostile input in messages without control characters and shortened")
    func excerpts() {
        let text = #"{"status":"\u202e\u000a\#(String(repeating: "x", count: 200))"}"#
        let error = #expect(throws: JSONError.self) { try Wrapper(json: text) }
        let shown = error?.description ?? ""
        #expect(shown.utf8.count < 200)
        #expect(shown.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202E })
    }

    /// A record with one enum.
    struct Wrapper: JSONRecord {
        var status = ContainerState.Status.created

        init(reading reader: inout JSONReader) throws(JSONError) { try reader.readRecord(&self) }

        mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
            try fields.required("status", &status)
        }
    }
}
