// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import Testing

@testable import RegistryClient

@Suite("A header")
struct HeaderTests {
    @Test(
        "cannot be added with a line break or another name than a token",
        .rows("CVE-2022-3215"),
        arguments: [
            ("X", "a\r\nY: b"), ("X", "a\nb"), ("X", "a\0b"), ("X Y", "a"), ("", "a"), ("X:", "a"),
        ]
    ) func injection(name: String, value: String) {
        var headers = HTTPHeaders()
        let isAdded = headers.append(name, value)
        #expect(!isAdded)
        #expect(headers.fields.isEmpty)
    }

    @Test("that is there twice with two values counts as absent") func contradiction() {
        let headers = HTTPHeaders([("Content-Length", "1"), ("content-length", "2"), ("ETag", "a"), ("etag", "a")])
        #expect(headers["Content-Length"] == nil)
        #expect(headers["ETag"] == "a")
        #expect(headers[all: "CONTENT-LENGTH"] == ["1", "2"])
    }

    @Test(
        "Link names the next page",
        arguments: [
            (["</v2/a/tags/list?n=2&last=b>; rel=\"next\""], "/v2/a/tags/list?n=2&last=b"),
            (["<a>; rel=next"], "a"), (["<a>; rel=prev, <b>; title=\"x, y\"; rel=\"first NEXT\""], "b"),
            (["<a>;rel=prev", "<b> ; rel = next"], "b"), (["<a>"], nil), (["a; rel=next"], nil),
            (["<a; rel=next"], nil),
            (["<a>; rel=\"next"], nil), ([], nil), ([""], nil), (["<>; rel=next"], ""),
        ] as [([String], String?)]
    )
    func link(values: [String], expected: String?) { #expect(LinkHeader.next(values) == expected) }

    @Test(
        "Retry-After is a number of seconds or a date",
        arguments: [
            ("0", 0), ("5", 5), ("1000000000", 1_000_000_000), (" 7 ", 7), ("Sun, 06 Nov 1994 08:49:47 GMT", 10),
            ("Sun, 06 Nov 1994 08:49:00 GMT", 0), ("-1", nil), ("1.5", nil), ("", nil), ("soon", nil), ("+5", nil),
            ("Sunday, 06-Nov-94 08:49:37 GMT", nil), ("Sun, 32 Nov 1994 08:49:37 GMT", nil),
            ("99999999999999999999", nil),
        ] as [(String, Int?)]
    )
    func retryAfter(value: String, seconds: Int?) {
        let wait = RetryAfter.read(value, date: "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(wait == seconds.map { .seconds($0) })
    }

    @Test("Retry-After with a date says nothing without the server's own clock") func retryAfterWithoutDate() {
        #expect(RetryAfter.read("Sun, 06 Nov 1994 08:49:37 GMT", date: nil) == nil)
    }

    @Test(
        "dates are counted as everyone counts them",
        arguments: [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Tue, 29 Feb 2000 12:00:00 GMT", 951_825_600),
            ("Fri, 31 Dec 1999 23:59:59 GMT", 946_684_799), ("Thu, 26 Nov 2026 04:00:00 GMT", 1_795_665_600),
        ] as [(String, Int64)]
    ) func dates(date: String, seconds: Int64) {
        #expect(RetryAfter.seconds(Array(date.utf8)) == seconds)
    }

    @Test(
        "Content-Range is understood or refused",
        .rows("F-19"),
        arguments: [
            ("bytes 5-9/10", (5, 9, 10)), ("bytes 0-0/1", (0, 0, 1)), ("bytes 5-9/*", (5, 9, nil)),
            ("bytes 9-5/10", nil), ("bytes 5-10/10", nil), ("bytes */10", nil), ("bytes 5-9", nil), ("5-9/10", nil),
            ("items 5-9/10", nil), ("bytes -5-9/10", nil), ("bytes 5-9/-1", nil),
            ("bytes 5-99999999999999999999/*", nil),
        ] as [(String, (Int64, Int64, Int64?)?)]
    )
    func contentRange(text: String, expected: (Int64, Int64, Int64?)?) {
        let range = ByteRange(contentRange: text)
        #expect(range?.first == expected?.0)
        #expect(range?.last == expected?.1)
        #expect(range?.total == expected?.2)
    }
}
