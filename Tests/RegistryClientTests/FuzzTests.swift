// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import Testing

@testable import RegistryClient

@Suite("Fuzzing of what registries say") struct FuzzTests {
    @Test("Headers are read or ignored") func headers() throws {
        let seeds = [
            #"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push""#,
            "</v2/a/tags/list?n=2&last=b>; rel=\"next\"", "bytes 5-9/10", "Sun, 06 Nov 1994 08:49:47 GMT",
            #"Basic realm="a", Bearer realm="b""#,
        ]
        try Fuzz.run(
            "headers",
            seeds: seeds.map { Array($0.utf8) },
            tokens: ["Bearer", "realm=", "rel=next", "bytes "]
        ) { input in
            let text = String(decoding: input, as: UTF8.self)
            if AuthenticationChallenge.read([text, text]).count > 16 { throw Fuzz.Broken("too many challenges") }
            _ = LinkHeader.next([text])
            _ = RetryAfter.read(text, date: "Sun, 06 Nov 1994 08:49:37 GMT")
            _ = RetryAfter.read("5", date: text)
            if let range = ByteRange(contentRange: text), range.first > range.last || range.first < 0 {
                throw Fuzz.Broken("the range \(range)")
            }
            var headers = HTTPHeaders()
            if headers.append("X", text), text.utf8.contains(where: { $0 == 13 || $0 == 10 || $0 == 0 }) {
                throw Fuzz.Broken("a header of two lines")
            }
            _ = try? AccessToken(input)
        }
    }

    @Test("URLs have one reading, and addresses one meaning") func urls() throws {
        let seeds = [
            "https://registry.example.com:5000/v2/a/blobs/uploads/?state=x", "http://[::1]:5000/x", "//other/x?y=%2F",
            "../up",
            "https://127.0.0.1/", "::ffff:10.0.0.1", "169.254.169.254",
        ]
        try Fuzz.run(
            "urls",
            seeds: seeds.map { Array($0.utf8) },
            tokens: ["https://", "//", "@", "\\", "%2e", "[::1]"]
        ) { input in
            let text = String(decoding: input, as: UTF8.self)
            let base = try RegistryURL("https://host:5000/v2/name/list?n=2")
            for url in [try? RegistryURL(text), try? base.resolving(text)] {
                guard let url else { continue }
                if try RegistryURL(url.text).text != url.text { throw Fuzz.Broken("another reading of \(url.text)") }
                let isPlain = url.text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
                if !isPlain || url.origin.host.utf8.contains(UInt8(ascii: "@")) { throw Fuzz.Broken(url.text) }
            }
            if let address = NetworkAddress(text), NetworkAddress(address.description) != address {
                throw Fuzz.Broken("the address \(text)")
            }
        }
    }
}
