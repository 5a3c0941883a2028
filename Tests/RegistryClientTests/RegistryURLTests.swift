// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import Testing

@testable import RegistryClient

@Suite("A URL of a registry")
struct RegistryURLTests {
    @Test(
        "is read in one form",
        arguments: [
            ("https://Registry.Example.COM", "https://registry.example.com/"),
            ("HTTP://localhost:5000/v2/", "http://localhost:5000/v2/"),
            ("https://host:443/a?b=c&d=%2F", "https://host/a?b=c&d=%2F"), ("http://host:80", "http://host/"),
            ("https://[::1]:5000/x", "https://[0:0:0:0:0:0:0:1]:5000/x"),
            ("https://host?digest=sha256:1", "https://host/?digest=sha256:1"),
            ("https://host/a#part", "https://host/a"),
            ("https://a_b.example.com/", "https://a_b.example.com/"),
        ]
    )
    func accepted(text: String, expected: String) throws { #expect(try RegistryURL(text).text == expected) }

    @Test(
        "is refused where another reader could find another host",
        .rows("A-06", "A-03", "A-15", "CVE-2022-3215"),
        arguments: [
            ("https://user@host/", .userInformation), ("https://user:password@evil/", .userInformation),
            ("https://good\\@evil/", .userInformation), ("https://evil\\.good/", .host), ("https:///x", .host),
            ("https://ho st/", .host), ("https://host%2eevil/", .host), ("https://127.1/", .host),
            ("https://0x7f000001/", .host), ("https://2130706433/", .host), ("https://127.0.0.01/", .host),
            ("https://hostﬁ.com/", .host), ("https://host。com/", .host), ("https://-a.com/", .host),
            ("https://a..b/", .host), ("https://host./", .host), ("https://[::1/", .host),
            ("https://[127.0.0.1]/", .host),
            ("https://[::1]x/", .host), ("https://host:0/", .port), ("https://host:65536/", .port),
            ("https://host:/", .port), ("https://host:+80/", .port), ("https://host:٨٠/", .port),
            ("ftp://host/", .scheme), ("file:///etc/passwd", .scheme), ("unix:///run/x", .scheme), ("host/x", .scheme),
            ("", .scheme), ("https://host/a b", .path), ("https://host/a\r\nX: y", .path), ("https://host/%zz", .path),
            ("https://host/%2", .path), ("https://host/ü", .path),
            ("https://host/" + String(repeating: "a", count: 8200), .tooLong),
        ] as [(String, RegistryURL.Problem)]
    )
    func refused(text: String, problem: RegistryURL.Problem) {
        #expect(throws: problem) { try RegistryURL(text) }
    }

    @Test(
        "resolves what a header says",
        arguments: [
            ("/v2/x", "https://host:5000/v2/x"), ("y?z=1", "https://host:5000/v2/name/y?z=1"),
            ("?last=b", "https://host:5000/v2/name/list?last=b"), ("../up", "https://host:5000/v2/up"),
            ("./same", "https://host:5000/v2/name/same"), ("../../../../x", "https://host:5000/x"),
            ("//other/x", "https://other/x"), ("http://other/x", "http://other/x"),
            ("https://other:1/x?y", "https://other:1/x?y"), ("", "https://host:5000/v2/name/list?n=2"),
        ]
    )
    func resolved(reference: String, expected: String) throws {
        let base = try RegistryURL("https://host:5000/v2/name/list?n=2")
        #expect(try base.resolving(reference).text == expected)
    }

    @Test(
        "never resolves to a scheme that is none of HTTP's",
        arguments: ["file:///x", "unix:/x", "javascript:x", "a:b"]
    )
    func foreignSchemes(reference: String) throws {
        let base = try RegistryURL("https://host/")
        #expect(throws: RegistryURL.Problem.scheme) { try base.resolving(reference) }
    }

    @Test("escapes what is added to its query") func query() throws {
        let url = try RegistryURL("https://host/x?_state=a%2Fb").adding(query: [
            ("digest", "sha256:ab"), ("a&b", "c d=é"),
        ])
        #expect(url.text == "https://host/x?_state=a%2Fb&digest=sha256:ab&a%26b=c%20d%3D%C3%A9")
    }

    @Test("does not show its query, which may be a signature", .rows("containerd-272c100b7")) func description() throws
    {
        #expect("\(try RegistryURL("https://host/a?signature=secret"))" == "https://host/a")
    }
}
