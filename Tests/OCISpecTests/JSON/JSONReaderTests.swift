// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import OCISpec
import Testing

@Suite("The strict JSON reader")
struct JSONReaderTests {
    /// A document that must be refused, and why.
    struct Refusal: Sendable, CustomTestStringConvertible {
        let json: [UInt8]
        let code: JSONError.Code
        let path: String

        init(_ json: String, _ code: JSONError.Code, at path: String = "") {
            (self.json, self.code, self.path) = (Array(json.utf8), code, path)
        }

        init(bytes: [UInt8], _ code: JSONError.Code) { (json, self.code, path) = (bytes, code, "") }

        var testDescription: String { "\(code) \(String(decoding: json.prefix(60), as: UTF8.self))" }
    }

    @Test(
        "refuses what is not one well-formed value, and says where",
        arguments: [
            Refusal("", .unexpectedEnd), Refusal("  \n", .unexpectedEnd), Refusal("{", .unexpectedEnd),
            Refusal("[1,2", .unexpectedEnd), Refusal("\"abc", .unexpectedEnd), Refusal("\"abc\\", .unexpectedEnd),
            Refusal("tru", .syntax), Refusal("nul", .syntax), Refusal("[1,]", .syntax),
            Refusal("[,1]", .syntax, at: "[0]"),
            Refusal("[1 2]", .syntax), Refusal("{\"a\":1,}", .syntax), Refusal("{a:1}", .syntax),
            Refusal("{\"a\" 1}", .syntax), Refusal("{\"a\":}", .syntax, at: "a"), Refusal("01", .syntax),
            Refusal("-", .unexpectedEnd), Refusal("-x", .syntax), Refusal("1.", .unexpectedEnd),
            Refusal("1.x", .syntax),
            Refusal(".5", .syntax), Refusal("+1", .syntax), Refusal("1e", .unexpectedEnd), Refusal("NaN", .syntax),
            Refusal("'a'", .syntax), Refusal("\"a\nb\"", .syntax), Refusal("\"\\x\"", .syntax),
            Refusal("\"\\u12g4\"", .syntax), Refusal("// c\n1", .syntax), Refusal("1 1", .trailingData),
            Refusal("{}{}", .trailingData), Refusal("null,", .trailingData), Refusal("10\u{0}", .trailingData),
            Refusal("[{\"a\":1,\"b\":[0,1,x]}]", .syntax, at: "[0].b[2]"),
        ]
    )
    func malformed(_ refusal: Refusal) { check(refusal) }

    @Test(
        "refuses encodings other than plain UTF-8 and strings no C program could hold",
        .rows("J-06"),
        arguments: [
            Refusal("\u{FEFF}{}", .byteOrderMark), Refusal(bytes: [0xFF, 0xFE, 0x7B, 0, 0x7D, 0], .byteOrderMark),
            Refusal(bytes: [0x7B, 0, 0x7D, 0], .byteOrderMark), Refusal(bytes: [0, 0x7B, 0, 0x7D], .byteOrderMark),
            Refusal(bytes: [0x22, 0xC0, 0xAF, 0x22], .invalidUTF8),
            Refusal(bytes: [0x22, 0xE2, 0x82, 0x22], .invalidUTF8),
            Refusal(bytes: [0x22, 0xED, 0xA0, 0x80, 0x22], .invalidUTF8),
            Refusal(bytes: [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], .invalidUTF8),
            Refusal(bytes: [0x22, 0x80, 0x22], .invalidUTF8),
            Refusal(bytes: [0x22, 0xE0, 0x80, 0xAF, 0x22], .invalidUTF8),
            Refusal(bytes: Array("\"1234567890".utf8) + [0xF0, 0x9F, 0x98], .invalidUTF8),
            Refusal("\"\\ud800\"", .loneSurrogate), Refusal("\"\\udc00\"", .loneSurrogate),
            Refusal("\"\\ud800\\u0041\"", .loneSurrogate), Refusal("\"\\ud800x\"", .loneSurrogate),
            Refusal("[\"\\u0000\"]", .nulCharacter, at: "[0]"),
        ]
    )
    func encodings(_ refusal: Refusal) { check(refusal) }

    @Test(
        "refuses two members of one name",
        .rows("J-04"),
        arguments: [
            Refusal("{\"a\":1,\"a\":2}", .duplicateKey, at: "a"),
            Refusal("{\"a\":1,\"\\u0061\":2}", .duplicateKey, at: "a"),
            Refusal("{\"x\":{\"\u{E9}\":1,\"e\u{301}\":2}}", .duplicateKey, at: "x[\"e\u{301}\"]"),
            Refusal("[{},{\"k k\":{},\"k k\":{}}]", .duplicateKey, at: "[1][\"k k\"]"),
        ]
    )
    func duplicates(_ refusal: Refusal) { check(refusal) }

    @Test(
        "refuses documents nested deeper than the limit without exhausting the stack",
        .rows("J-07"),
        arguments: [65, 513, 1_000_000]
    )
    func depth(_ levels: Int) {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let text = String(repeating: open, count: levels) + "1" + String(repeating: close, count: levels)
            let limits = JSONLimits(size: 16 << 20)
            #expect(code { () throws(JSONError) in _ = try JSONValue(json: text, limits: limits) } == .tooDeep)
            let deepest = JSONLimits(size: 16 << 20, depth: .max)
            #expect(
                code { () throws(JSONError) in _ = try JSONValue(json: text, limits: deepest) }
                    == (levels > JSONLimits.maximumDepth ? .tooDeep : nil)
            )
        }
        #expect(throws: Never.self) {
            _ = try JSONValue(json: String(repeating: "[", count: 64) + String(repeating: "]", count: 64))
        }
    }

    @Test("refuses documents larger than the limit", .rows("CVE-2023-25153"))
    func size() {
        #expect(throws: Never.self) { _ = try JSONValue(json: "\"12345678\"", limits: JSONLimits(size: 10)) }
        let error = #expect(throws: JSONError.self) {
            try JSONValue(json: "\"123456789\"", limits: JSONLimits(size: 10))
        }
        #expect(error?.code == .tooLarge)
    }

    @Test(
        "reads integers exactly or not at all",
        arguments: [
            ("1.0", JSONError.Code.notAnInteger), ("1e3", .notAnInteger), ("1E0", .notAnInteger),
            ("9223372036854775808", .outOfRange), ("-9223372036854775809", .outOfRange),
            ("18446744073709551616", .outOfRange), ("99999999999999999999999999", .outOfRange), ("\"5\"", .wrongType),
            ("null", .wrongType), ("true", .wrongType), ("[]", .wrongType), ("00", .syntax), ("-01", .syntax),
        ]
    )
    func integers(_ text: String, _ expected: JSONError.Code) {
        #expect(code { () throws(JSONError) in _ = try Int64(json: text) } == expected)
    }

    @Test("reads the extremes of every integer type")
    func extremes() throws {
        #expect(try Int64(json: "-9223372036854775808") == .min)
        #expect(try Int64(json: "9223372036854775807") == .max)
        #expect(try UInt64(json: "18446744073709551615") == .max)
        #expect(try UInt32(json: "4294967295") == .max)
        #expect(try UInt16(json: "-0") == 0)
        #expect(code { () throws(JSONError) in _ = try UInt32(json: "4294967296") } == .outOfRange)
        #expect(code { () throws(JSONError) in _ = try UInt32(json: "-1") } == .outOfRange)
        #expect(code { () throws(JSONError) in _ = try UInt16(json: "65536") } == .outOfRange)
        #expect(code { () throws(JSONError) in _ = try Int32(json: "-2147483649") } == .outOfRange)
    }

    @Test("keeps every value, its order and the spelling of its numbers")
    func values() throws {
        let text = #"{"b":[1,-0.5,1E+10,true,false,null,"",[],{}],"a":{"é":"\"\\\/\b\f\n\r\té😀"}}"#
        let value = try JSONValue(json: text)
        let expected = #"{"b":[1,-0.5,1E+10,true,false,null,"",[],{}],"a":{"é":"\"\\/\b\f\n\r\té😀"}}"#
        #expect(String(decoding: value.json(), as: UTF8.self) == expected)
        #expect(try JSONValue(json: value.json(pretty: true)) == value)
    }

    private func check(_ refusal: Refusal) {
        let error = #expect(throws: JSONError.self) { try JSONValue(json: refusal.json) }
        #expect(error?.code == refusal.code)
        #expect(error?.path.description == refusal.path)
    }

    private func code(_ body: () throws(JSONError) -> Void) -> JSONError.Code? {
        do throws(JSONError) {
            try body()
            return nil
        } catch {
            return error.code
        }
    }
}
