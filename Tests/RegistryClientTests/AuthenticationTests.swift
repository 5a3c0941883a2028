// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import ImageLayout
import OCISpec
import Synchronization
import Testing

@testable import RegistryClient

@Suite("Credentials")
struct AuthenticationTests {
    private static let password = Credential.password(name: "me", password: "s3cr3t-Pässword")
    private static let basic = Self.password.basic ?? ""

    private static func credentials(_ credential: Credential = Self.password) -> CredentialSource {
        .fixed(["registry.example.com": credential])
    }

    private static func challenge(_ realm: String = "https://auth.example.com/token") -> ScriptedResponse {
        .status(
            401,
            [
                (
                    "WWW-Authenticate",
                    "Bearer realm=\"\(realm)\",service=\"the service\",scope=\"repository:other:push,delete\""
                )
            ]
        )
    }

    /// A registry that wants a token of `auth.example.com`, which gives one for each request.
    private static func tokenServer(
        realm: String = "https://auth.example.com/token",
        good: @escaping @Sendable (String) -> Bool = { $0.hasPrefix("Bearer token") }
    ) -> ScriptedTransport {
        let given = Mutex(0)
        return ScriptedTransport { request in
            if request.url.origin.host == "auth.example.com" {
                let number = given.withLock {
                    $0 += 1
                    return $0
                }
                return .status(200, [], "{\"token\":\"token\(number)\",\"expires_in\":300}")
            }
            guard let authorization = request.authorization, good(authorization) else { return Self.challenge(realm) }
            return .status(200, [], #"{"tags":["a"]}"#)
        }
    }

    private func tags(_ transport: ScriptedTransport, _ credentials: CredentialSource = credentials()) async
        -> RegistryError?
    {
        let registry = transport.registry("registry.example.com", credentials)
        return await failure { () throws(RegistryError) in
            _ = try await Repository(name: "team/app", registry: registry).tags()
        }
    }

    @Test("are not sent before they are asked for, and as Basic only to the registry") func basic() async {
        let transport = ScriptedTransport { request in
            request.authorization == Self.basic
                ? .status(200, [], #"{"tags":["a"]}"#) : .status(401, [("WWW-Authenticate", "Basic realm=\"x\"")])
        }
        #expect(await tags(transport) == nil)
        #expect(transport.seen.map(\.authorization) == [nil, Self.basic])
    }

    @Test("buy a token, for what is being done and nothing else") func token() async {
        let transport = Self.tokenServer()
        #expect(await tags(transport) == nil)
        let asked = transport.seen(by: "auth.example.com")
        #expect(asked.count == 1)
        #expect(asked.first?.query("scope") == "repository:team/app:pull")
        #expect(asked.first?.query("service") == "the%20service")
        #expect(asked.first?.authorization == Self.basic)
        #expect(transport.seen(by: "registry.example.com").map(\.authorization) == [nil, "Bearer token1"])
    }

    @Test("a token is kept for its repository, and asked for anew when it has run out or is refused") func cache()
        async throws
    {
        let transport = Self.tokenServer(good: {
            $0 == "Bearer token1" || $0 == "Bearer token3" || $0 == "Bearer token2"
        })
        let registry = transport.registry("registry.example.com", Self.credentials())
        let one = Repository(name: "team/app", registry: registry)
        _ = try await one.tags()
        _ = try await one.tags()
        #expect(transport.seen(by: "auth.example.com").count == 1)
        _ = try await Repository(name: "other", registry: registry).tags()
        #expect(transport.seen(by: "auth.example.com").count == 2)
        transport.clock.advance(.seconds(271))
        _ = try await one.tags()
        #expect(transport.seen(by: "auth.example.com").count == 3)
        #expect(transport.seen.last?.authorization == "Bearer token3")
    }

    @Test("a registry that never has enough is asked twice and not in a loop") func loop() async {
        let transport = Self.tokenServer(good: { _ in false })
        let error = await tags(transport)
        #expect(error?.code == .unauthorized)
        #expect(error?.status == 401)
        #expect(transport.seen.count == 3)
    }

    @Test("an identity token goes to the token server alone, in the body of a POST") func identityToken() async {
        let transport = Self.tokenServer()
        #expect(await tags(transport, Self.credentials(.identityToken("refresh+me"))) == nil)
        let asked = transport.seen(by: "auth.example.com").first
        #expect(asked?.method == "POST")
        #expect(asked?.authorization == nil)
        let form = String(decoding: asked?.body ?? [], as: UTF8.self)
        #expect(form.contains("grant_type=refresh_token") && form.contains("refresh_token=refresh%2Bme"))
        #expect(form.contains("scope=repository:team/app:pull"))
        #expect(!transport.seen(by: "registry.example.com").contains { "\($0.headers)".contains("refresh") })
    }

    @Test("a registry token is used as it is") func registryToken() async {
        let transport = Self.tokenServer(good: { $0 == "Bearer given" })
        #expect(await tags(transport, Self.credentials(.registryToken("given"))) == nil)
        #expect(transport.seen(by: "auth.example.com").isEmpty)
    }

    @Test("without any, a token is asked for anonymously") func anonymous() async {
        let transport = Self.tokenServer()
        #expect(await tags(transport, .none) == nil)
        #expect(transport.seen(by: "auth.example.com").first?.authorization == nil)
    }

    @Test(
        "never go to a token server that is not the registry's",
        .rows("A-01", "A-02", "A-03", "A-04", "A-05", "A-06", "CVE-2026-48978", "CVE-2019-10214"),
        arguments: [
            "https://evil.com/token", "http://auth.example.com/token", "https://me:x@auth.example.com/",
            "https://127.0.0.1/t",
            "https://169.254.169.254/latest", "https://registry.example.com.evil.com/",
            "https://evil.com\\@auth.example.com/",
            "https://auth.example.com。evil.com/", "file:///etc/passwd", "",
        ]
    )
    func realm(realm: String) async {
        let transport = Self.tokenServer(realm: realm)
        let error = await tags(transport)
        #expect(error?.code == (realm.isEmpty ? .invalidResponse : .realmRefused))
        #expect(transport.seen.allSatisfy { $0.url.origin.host == "registry.example.com" && $0.authorization == nil })
    }

    @Test("never go to a token server whose name leads into this network", .rows("A-14", "CVE-2026-48978"))
    func rebinding() async {
        let transport = ScriptedTransport(addresses: ["auth.example.com": "10.0.0.5"]) { _ in Self.challenge() }
        #expect(await tags(transport)?.code == .realmRefused)
        #expect(transport.seen(by: "auth.example.com").isEmpty)
    }

    @Test("do not follow a redirect of the token server", .rows("GHSA-vh4v")) func tokenRedirect() async {
        let transport = ScriptedTransport { request in
            switch request.url.origin.host {
            case "auth.example.com": .status(307, [("Location", "https://evil.com/steal")])
            case "evil.com": .status(200, [], #"{"token":"evil"}"#)
            default: request.authorization == nil ? Self.challenge() : .status(200, [], "{}")
            }
        }
        _ = await tags(transport)
        #expect(transport.seen(by: "evil.com").allSatisfy { $0.authorization == nil })
    }

    @Test(
        "stay at home when a blob is elsewhere",
        .rows("A-07", "A-08", "GHSA-vh4v"),
        arguments: [
            "https://cdn.evil.com/blob?signature=x", "https://registry.example.com:8443/blob", "//cdn.evil.com/x",
        ]
    ) func redirect(location: String) async throws {
        let bytes = noise(100)
        let transport = ScriptedTransport { request in
            if request.url.origin.description == "https://registry.example.com" {
                guard request.authorization != nil else { return .status(401, [("WWW-Authenticate", "Basic realm=x")]) }
                return .status(307, [("Location", location), ("Set-Cookie", "a=b")])
            }
            return ScriptedResponse(body: bytes)
        }
        let store = try StoreFixture()
        let registry = transport.registry("registry.example.com", Self.credentials())
        let blob = BlobDownload(
            repository: Repository(name: "team/app", registry: registry),
            descriptor: MemoryRegistry.describe(bytes, .layer),
            store: store.layout.blobs,
            isKept: true,
            onEvent: { _ in }
        )
        try await blob.run(nil)
        let led = transport.seen.filter { $0.url.origin.description != "https://registry.example.com" }
        #expect(led.count == 1)
        #expect(led.allSatisfy { $0.authorization == nil && $0.headers["Cookie"] == nil })
    }

    @Test(
        "are not given to another host that asks for them, nor once more at home after a way out",
        .rows("A-10", "GHSA-vh4v")
    ) func challenges()
        async
    {
        let transport = ScriptedTransport { request in
            if request.url.origin.host == "cdn.example.net" {
                return request.path == "/back"
                    ? .status(302, [("Location", "https://registry.example.com/v2/again")])
                    : .status(401, [("WWW-Authenticate", "Basic realm=x")])
            }
            if request.path == "/v2/again" { return .status(200, [], request.authorization ?? "nothing") }
            guard request.authorization != nil else { return .status(401, [("WWW-Authenticate", "Basic realm=x")]) }
            return .status(302, [("Location", "https://cdn.example.net/ask")])
        }
        let error = await tags(transport)
        #expect(error?.code == .unauthorized)
        #expect(transport.seen(by: "cdn.example.net").count == 1)
        #expect(transport.seen(by: "cdn.example.net").allSatisfy { $0.authorization == nil })
        let back = ScriptedTransport { request in
            if request.url.origin.host == "cdn.example.net" {
                return .status(302, [("Location", "https://registry.example.com/v2/again")])
            }
            if request.path == "/v2/again" { return .status(200, [], #"{"tags":[]}"#) }
            guard request.authorization != nil else { return .status(401, [("WWW-Authenticate", "Basic realm=x")]) }
            return .status(302, [("Location", "https://cdn.example.net/back")])
        }
        #expect(await tags(back) == nil)
        #expect(back.seen.last?.path == "/v2/again")
        #expect(back.seen.last?.authorization == nil)
    }

    @Test("are in no error, whoever repeats them", .rows("containerd-272c100b7")) func errors() async {
        for status in [400, 401, 403, 500] {
            let transport = ScriptedTransport { request in
                if request.authorization == nil { return .status(401, [("WWW-Authenticate", "Basic realm=x")]) }
                return .status(status, [("Location", "https://x/?signature=topsecret")], #"{"errors":[{"code":"X"}]}"#)
            }
            let error = await tags(transport)
            let text = "\(String(describing: error)) \(String(reflecting: error))"
            #expect(!text.contains("s3cr3t") && !text.contains(Self.basic.dropFirst(6)))
        }
        let dumped = "\(Self.password) \(String(reflecting: Self.password)) \(Self.credentials())"
        #expect(!dumped.contains("s3cr3t"))
    }

    @Test("that a header cannot carry are an error and are not sent", .rows("A-16", "CVE-2022-3215")) func control()
        async
    {
        let transport = Self.tokenServer(good: { _ in true })
        let error = await tags(transport, Self.credentials(.registryToken("a\r\nX: y")))
        #expect(error?.code == .credentials)
        #expect(transport.seen.count == 1)
    }
}
