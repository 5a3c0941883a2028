// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Testing

@testable import RegistryClient

@Suite("The settings of proxies")
struct ProxySettingsTests {
    private func proxy(_ environment: [String: String], for url: String) throws -> String? {
        let settings = try ProxySettings(environment: environment)
        return settings.proxy(for: try RegistryURL(url).origin)?.origin.description
    }

    @Test("are taken from the environment") func environment() throws {
        let both = ["HTTP_PROXY": "http://p:1", "HTTPS_PROXY": "q:2"]
        #expect(try proxy(both, for: "http://host") == "http://p:1")
        #expect(try proxy(both, for: "https://host") == "http://q:2")
        #expect(
            try proxy(["https_proxy": "http://small", "HTTPS_PROXY": "http://big"], for: "https://host")
                == "http://small"
        )
        #expect(try proxy(["ALL_PROXY": "http://p"], for: "https://host") == "http://p")
        #expect(try proxy([:], for: "https://host") == nil)
        #expect(try proxy(["HTTPS_PROXY": ""], for: "https://host") == nil)
        #expect(try proxy(["HTTP_PROXY": "http://p", "REQUEST_METHOD": "GET"], for: "http://host") == nil)
    }

    @Test(
        "leave hosts out that NO_PROXY names",
        arguments: [
            ("example.com", "https://example.com", false), ("example.com", "https://a.example.com", false),
            (".example.com", "https://a.example.com", false), ("*.example.com", "https://a.example.com", false),
            ("example.com", "https://notexample.com", true), ("*", "https://host", false),
            ("10.0.0.0/8", "https://10.1.2.3", false), ("10.0.0.0/8", "https://11.0.0.1", true),
            ("host:5000", "https://host:5000", false), ("host:5000", "https://host", true),
            ("a, b host", "https://host", false),
            ("10.0.0.0/99", "https://10.1.2.3", true), ("fd00::/8", "https://[fd12::1]", false),
            ("HOST", "https://host", false),
            ("", "https://host", true), (".", "https://host", true),
        ]
    )
    func exceptions(list: String, url: String, isProxied: Bool) throws {
        let environment = ["HTTPS_PROXY": "http://p", "NO_PROXY": list]
        #expect((try proxy(environment, for: url) != nil) == isProxied)
    }

    @Test("never apply to this machine", arguments: ["http://127.0.0.1:5000", "http://localhost", "http://[::1]"])
    func loopback(url: String) throws { #expect(try proxy(["ALL_PROXY": "http://p"], for: url) == nil) }

    @Test("that cannot be applied are errors", arguments: ["https://p", "socks5://p", "http://p:x", "http://"])
    func unsupported(proxy: String) {
        #expect(throws: TransportError.self) { try ProxySettings(environment: ["HTTPS_PROXY": proxy]) }
    }

    @Test("carry name and password apart from the address") func credentials() throws {
        let settings = try ProxySettings(environment: ["HTTPS_PROXY": "http://me:p%40ss@proxy:3128/"])
        #expect(settings.https?.origin.description == "http://proxy:3128")
        #expect(settings.https?.authorization == "Basic bWU6cEBzcw==")
    }
}
