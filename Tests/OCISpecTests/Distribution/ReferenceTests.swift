// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import OCISpec
import Testing

@Suite("A reference")
struct ReferenceTests {
    static let digest = "sha256:" + DigestTests.hex
    static let long = String(repeating: "a", count: 255)

    /// Text, its whole form and its familiar form.
    struct Form: Sendable { let text, full, familiar: String }

    @Test(
        "is read as docker reads it",
        arguments: [
            Form(text: "alpine", full: "docker.io/library/alpine", familiar: "alpine"),
            Form(text: "alpine:3.20", full: "docker.io/library/alpine:3.20", familiar: "alpine:3.20"),
            Form(text: "docker.io/alpine", full: "docker.io/library/alpine", familiar: "alpine"),
            Form(text: "docker.io/library/alpine:3", full: "docker.io/library/alpine:3", familiar: "alpine:3"),
            Form(text: "index.docker.io/a/b", full: "docker.io/a/b", familiar: "a/b"),
            Form(text: "user/app", full: "docker.io/user/app", familiar: "user/app"),
            Form(text: "library/a/b", full: "docker.io/library/a/b", familiar: "library/a/b"),
            Form(text: "localhost/x", full: "localhost/x", familiar: "localhost/x"),
            Form(text: "localhost", full: "docker.io/library/localhost", familiar: "localhost"),
            Form(text: "localhost:5000/x:t", full: "localhost:5000/x:t", familiar: "localhost:5000/x:t"),
            Form(text: "host:5000/a/b@" + digest, full: "host:5000/a/b@" + digest, familiar: "host:5000/a/b@" + digest),
            Form(text: "a:t@" + digest, full: "docker.io/library/a:t@" + digest, familiar: "a:t@" + digest),
            Form(text: "[2001:db8::1]:5000/r", full: "[2001:db8::1]:5000/r", familiar: "[2001:db8::1]:5000/r"),
            Form(text: "[::1]/r", full: "[::1]/r", familiar: "[::1]/r"),
            Form(text: "Host/r", full: "Host/r", familiar: "Host/r"),
            Form(
                text: "quay.io/a__b/c-d/e---f.g_h",
                full: "quay.io/a__b/c-d/e---f.g_h",
                familiar: "quay.io/a__b/c-d/e---f.g_h"
            ),
            Form(text: "a:T_.-9", full: "docker.io/library/a:T_.-9", familiar: "a:T_.-9"),
            Form(text: "x.io/" + long, full: "x.io/" + long, familiar: "x.io/" + long),
        ]
    )
    func parse(_ form: Form) throws {
        let reference = try Reference(form.text)
        #expect(reference.description == form.full)
        #expect(reference.familiar == form.familiar)
        #expect(try Reference(reference.description) == reference)
        #expect(try Reference(reference.familiar) == reference)
        #expect(try Reference(json: reference.json()) == reference)
    }

    @Test("means its digest, else its tag, else the tag latest")
    func selector() throws {
        #expect(try Reference("a:t@" + ReferenceTests.digest).selector == ReferenceTests.digest)
        #expect(try Reference("a:t").selector == "t")
        #expect(try Reference("a").selector == "latest")
        #expect(try Reference("a").withDefaultTag.description == "docker.io/library/a:latest")
        #expect(try Reference("a@" + ReferenceTests.digest).withDefaultTag.tag == nil)
        let pinned = try Reference("a:t").pinned(to: Digest(ReferenceTests.digest))
        #expect(pinned.description == "docker.io/library/a@" + ReferenceTests.digest)
    }

    @Test(
        "is refused when it breaks the grammar",
        .rows("J-13", "N-01", "N-02", "N-03"),
        arguments: [
            "", " ", "a ", " a", "../../etc", "/a", "a/", "a//b", "a/../b", ".a", "a.", "-a", "a-", "a..b", "a___b",
            "a_.b",
            "A", "docker.io/A/b", "a:", "a:b:c", "a::b", "a:.b", "a:-b", "a:" + String(repeating: "t", count: 129),
            "a@sha256",
            "a@", "a@sha256:12", "a@md5:d41d8cd98f00b204e9800998ecf8427e", "a@" + digest + "@" + digest,
            DigestTests.hex, "x.io/" + long + "a", "x.io:0/a", "x.io:99999/a", "x.io:/a", "x.io:8a/a", "x..io/a",
            ".io/a",
            "-x.io/a", "[::1/a", "[]/a", "[::g]/a", "[::1]x/a", "http://x.io/a", "user@host/a", "a\n", "a\r\nb", "a\0b",
            "a\\b",
            "a\u{301}", "a/\u{301}b", "e\u{301}/a", "\u{E9}", "a:\u{E9}", "a\u{2044}b", "x.io\u{301}/a", "a/b\u{200B}",
            String(repeating: "a/", count: 600) + "a",
        ]
    )
    func refuse(_ text: String) {
        #expect(throws: FormatError.self) { try Reference(text) }
    }

    @Test("is checked when made from parts")
    func parts() throws {
        #expect(try Reference(registry: "docker.io", repository: "a").description == "docker.io/library/a")
        #expect(throws: FormatError.self) { try Reference(registry: "x.io/y", repository: "a") }
        #expect(throws: FormatError.self) { try Reference(registry: "", repository: "a") }
        #expect(throws: FormatError.self) { try Reference(registry: "x.io", repository: "a:b") }
        #expect(throws: FormatError.self) { try Reference(registry: "x.io", repository: "a", tag: "b/c") }
    }
}
