// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import Testing

@testable import RegistryClient

@Suite("A challenge")
struct AuthenticationChallengeTests {
    @Test("of a token server names it, the service and the scope") func bearer() {
        let value =
            #"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push""#
        let challenge = AuthenticationChallenge.read([value])
        #expect(challenge.map(\.scheme) == ["bearer"])
        #expect(challenge.first?["realm"] == "https://auth.docker.io/token")
        #expect(challenge.first?["scope"] == "repository:a/b:pull,push")
    }

    @Test(
        "is found among others",
        arguments: [
            ([#"Basic realm="a", Bearer realm="b""#], ["basic", "bearer"]),
            (["Negotiate", "Basic realm=x"], ["negotiate", "basic"]),
            ([#"BASIC realm = "a\"b""#], ["basic"]), ([",, Basic realm=a ,, "], ["basic"]), ([], []), ([""], []),
        ] as [([String], [String])]
    )
    func several(values: [String], schemes: [String]) {
        #expect(AuthenticationChallenge.read(values).map(\.scheme) == schemes)
    }

    @Test(
        "that is malformed counts as none",
        arguments: [
            #"Bearer realm="https://a"#, #"Bearer realm="a" service="b""#, #"Bearer realm="a",realm="b""#,
            #"Bearer realm="a\"#,
            "=x", "Bearer realm=\"" + String(repeating: "x", count: 20_000) + "\"",
        ]
    )
    func malformed(value: String) { #expect(AuthenticationChallenge.read([value]).isEmpty) }

    @Test("is one of sixteen at most", .rows("CVE-2017-11468")) func many() {
        #expect(AuthenticationChallenge.read((0..<99).map { "S\($0) a=b" }).count == 16)
    }
}

@Suite("A token server")
struct RealmPolicyTests {
    @Test(
        "gets credentials only if it is the registry's own",
        .rows("A-01", "A-02", "A-04", "A-05"),
        arguments: [
            ("https://registry.example.com", "https://registry.example.com/token", true),
            ("https://registry-1.docker.io", "https://auth.docker.io/token", true),
            ("https://registry.example.com:5000", "https://registry.example.com:5001/token", true),
            ("http://127.0.0.1:5000", "http://127.0.0.1:5001/token", true),
            ("https://quay.io", "https://quay.io/v2/auth", true),
            ("https://r.example.co.uk", "https://auth.example.co.uk/", true),
            ("https://registry.example.com", "https://evil.com/token", false),
            ("https://registry.example.com", "https://registry.example.com.evil.com/", false),
            ("https://registry.example.com", "https://evilexample.com/", false),
            ("https://registry.example.com", "http://registry.example.com/token", false),
            ("http://127.0.0.1:5000", "http://127.0.0.2:5000/token", false),
            ("https://registry.example.com", "https://127.0.0.1/token", false),
            ("https://registry.example.com", "https://169.254.169.254/token", false),
            ("https://a.co.uk", "https://b.co.uk/", false), ("https://10.0.0.1", "https://10.0.0.2/", false),
            ("https://localhost", "https://otherhost/", false),
            ("http://registry.example.com", "http://auth.example.com/", false),
        ]
    )
    func policy(registry: String, realm: String, isAllowed: Bool) throws {
        let problem = RealmPolicy.problem(
            with: try RegistryURL(realm).origin,
            for: try RegistryURL(registry).origin,
            trusted: []
        )
        #expect((problem == nil) == isAllowed)
    }

    @Test("of another domain can be named by the user, but never without TLS") func trusted() throws {
        let registry = try RegistryURL("https://registry.redhat.io").origin
        let sso = try RegistryURL("https://sso.redhat.com/token").origin
        #expect(RealmPolicy.problem(with: sso, for: registry, trusted: []) != nil)
        #expect(RealmPolicy.problem(with: sso, for: registry, trusted: ["sso.redhat.com"]) == nil)
        let plain = try RegistryURL("http://sso.redhat.com/token").origin
        #expect(RealmPolicy.problem(with: plain, for: registry, trusted: ["sso.redhat.com"]) != nil)
    }

    @Test(
        "is believed about the time a token lasts only within bounds",
        .rows("A-16"),
        arguments: [
            (#"{"token":"a"}"#, 54), (#"{"access_token":"a","expires_in":300}"#, 270),
            (#"{"token":"a","expires_in":-1}"#, 54),
            (#"{"token":"a","expires_in":1e99}"#, 54), (#"{"token":"a","expires_in":99999999}"#, 3240),
            (#"{"token":"a","expires_in":null}"#, 54),
        ] as [(String, Int)]
    ) func lifetime(body: String, seconds: Int) throws {
        #expect(try AccessToken(Array(body.utf8)).lifetime == .seconds(seconds))
    }

    @Test(
        "must give a token that a header can carry",
        .rows("A-16"),
        arguments: [
            #"{}"#, #"{"token":""}"#, #"{"token":5}"#, #"{"token":"a\r\nX: y"}"#, #"{"token":"a b"}"#,
            #"{"token":"é"}"#,
            #"["token"]"#, "token", "",
            "{\"token\":\"" + String(repeating: "x", count: 50_000) + "\"}",
        ]
    ) func unusable(body: String) { #expect(throws: AccessToken.Problem.self) { try AccessToken(Array(body.utf8)) } }
}
