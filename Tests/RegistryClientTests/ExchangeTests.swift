// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import OCISpec
import Synchronization
import Testing

@testable import RegistryClient

@Suite("An exchange")
struct ExchangeTests {
    private func tags(
        _ transport: ScriptedTransport,
        _ name: String = "registry.example.com",
        change: (inout RegistryConfiguration) -> Void = { _ in }
    ) async -> RegistryError? {
        let registry = transport.registry(name, .none, change)
        return await failure { () throws(RegistryError) in
            _ = try await Repository(name: "team/app", registry: registry).tags()
        }
    }

    private static let list = ScriptedResponse.status(200, [], #"{"tags":["a"]}"#)

    @Test(
        "is led no further than it should be",
        .rows("A-09", "A-13", "A-14", "A-15", "AHC-redirect", "GCR-6dad820d"),
        arguments: [
            "http://registry.example.com/v2/", "http://cdn.example.com/",
            "https://registry.example.com/v2/team/app/tags/list",
            "https://127.0.0.1/x", "https://169.254.169.254/latest/meta-data", "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://internal.example.com/", "https://0.0.0.0/", "file:///etc/passwd",
            "https://user:pw@cdn.example.com/", "https://a b/",
        ]
    )
    func redirects(location: String) async {
        let transport = ScriptedTransport(addresses: ["internal.example.com": "192.168.0.1"]) { request in
            request.path == "/v2/team/app/tags/list" && request.url.origin.host == "registry.example.com"
                ? .status(302, [("Location", location)]) : Self.list
        }
        #expect(await tags(transport)?.code == .redirectRefused)
        #expect(transport.seen.count == 1)
    }

    @Test("follows five redirects and not a sixth", .rows("A-12"), arguments: [(5, true), (6, false), (20, false)])
    func hops(count: Int, isFollowed: Bool) async {
        let transport = ScriptedTransport { request in
            let number = Int(request.query("hop") ?? "0") ?? 0
            return number == count
                ? Self.list : .status(302, [("Location", "https://cdn.example.net/x?hop=\(number + 1)")])
        }
        #expect((await tags(transport) == nil) == isFollowed)
        #expect(transport.seen.count <= 6)
    }

    @Test("connects a host that it was led to by the address that was checked", .rows("A-14", "GCR-6dad820d"))
    func pinned() async {
        let transport = ScriptedTransport(addresses: ["cdn.example.net": "198.51.100.7"]) { request in
            request.url.origin.host == "cdn.example.net"
                ? Self.list : .status(302, [("Location", "https://cdn.example.net/x")])
        }
        #expect(await tags(transport) == nil)
        #expect(transport.seen.last?.address == NetworkAddress("198.51.100.7"))
        #expect(transport.seen.first?.address == nil)
    }

    @Test("within a private network may be led to another host there, and on this machine anywhere near") func near()
        async
    {
        for (home, target, isFollowed) in [
            ("10.0.0.1", "https://10.0.0.2/x", true), ("127.0.0.1:5000", "http://127.0.0.2/x", true),
            ("10.0.0.1", "https://127.0.0.1/x", false), ("10.0.0.1", "https://169.254.169.254/x", false),
        ] {
            let transport = ScriptedTransport { request in
                request.path == "/x" ? Self.list : .status(302, [("Location", target)])
            }
            let error = await tags(transport, home) { $0.hosts["127.0.0.1:5000"] = .init(security: .plain) }
            #expect((error == nil) == isFollowed, "\(home) \(target): \(String(describing: error))")
        }
    }

    @Test("never sends a request with a body elsewhere") func post() async {
        let transport = ScriptedTransport { _ in .status(307, [("Location", "https://cdn.example.net/x")]) }
        let registry = transport.registry()
        let error = await failure { () throws(RegistryError) in
            try await Repository(name: "team/app", registry: registry)
                .putManifest([0x7B, 0x7D], MemoryRegistry.describe([0x7B, 0x7D], .imageManifest), as: "v1")
        }
        #expect(error?.code == .redirectRefused)
        #expect(transport.seen.count == 1)
    }

    @Test(
        "is repeated after passing failures, later each time",
        .rows("F-18"),
        arguments: [408, 429, 500, 502, 503, 504]
    )
    func retries(status: Int) async {
        let count = Mutex(0)
        let transport = ScriptedTransport { _ in
            let number = count.withLock {
                $0 += 1
                return $0
            }
            return number < 4 ? .status(status) : Self.list
        }
        #expect(await tags(transport) == nil)
        #expect(transport.clock.slept == [.milliseconds(500), .seconds(1), .seconds(2)])
    }

    @Test("is not repeated after failures that stay", .rows("F-18"), arguments: [400, 401, 403, 404, 405, 413, 501])
    func lasting(status: Int) async {
        let transport = ScriptedTransport { _ in .status(status) }
        #expect(await tags(transport)?.status == status)
        #expect(transport.seen.count == 1)
        #expect(transport.clock.slept.isEmpty)
    }

    @Test("gives up after five tries, and says what the registry says", .rows("F-18")) func exhausted() async {
        let transport = ScriptedTransport { _ in
            .status(503, [], #"{"errors":[{"code":"UNAVAILABLE","message":"back\nsoon"}]}"#)
        }
        let error = await tags(transport)
        #expect(error?.code == .unavailable)
        #expect(transport.seen.count == 5)
        #expect(error?.messages == [RegistryMessage(code: "UNAVAILABLE", message: "back\nsoon")])
        #expect(
            error?.description == #"list tags registry.example.com/team/app: status 503: UNAVAILABLE (back\u{a}soon)"#
        )
    }

    @Test(
        "waits as long as the server asks, within reason",
        .rows("F-18"),
        arguments: [("0", [0]), ("7", [7]), ("60", [60]), ("61", nil), ("1000000000", nil)] as [(String, [Int]?)]
    )
    func retryAfter(value: String, waits: [Int]?) async {
        let count = Mutex(0)
        let transport = ScriptedTransport { _ in
            let isFirst = count.withLock {
                $0 += 1
                return $0 == 1
            }
            return isFirst ? .status(429, [("Retry-After", value)]) : Self.list
        }
        let error = await tags(transport)
        #expect(error?.code == (waits == nil ? .rateLimited : nil))
        #expect(transport.clock.slept == (waits ?? []).map { .seconds($0) })
    }

    @Test("that stops moving, or trickles, ends", .rows("F-17"), arguments: [true, false]) func stalled(trickles: Bool)
        async
    {
        let transport = ScriptedTransport { _ in
            trickles
                ? ScriptedResponse(body: noise(1000), pieceSize: 1, delay: .seconds(1))
                : ScriptedResponse(body: [0x7B], ending: TransportError(.timedOut, "nothing moved for too long"))
        }
        #expect(await tags(transport)?.code == .stalled)
    }

    @Test("goes without TLS only to this machine, or where the user says so", .rows("CVE-2014-5277")) func plain() async
    {
        let script: ScriptedTransport.Script = { request in
            if request.url.origin.scheme == .https { throw TransportError(.tlsFailed, "the server speaks no TLS") }
            return Self.list
        }
        #expect(await tags(ScriptedTransport(script), "localhost:5000") == nil)
        #expect(await tags(ScriptedTransport(script), "127.0.0.1:5000") == nil)
        let strange = ScriptedTransport(script)
        #expect(await tags(strange)?.code == .insecure)
        #expect(strange.seen.allSatisfy { $0.url.origin.scheme == .https })
        #expect(
            await tags(ScriptedTransport(script)) { $0.hosts["registry.example.com"] = .init(security: .unverified) }
                == nil
        )
        #expect(
            await tags(ScriptedTransport(script)) { $0.hosts["registry.example.com"] = .init(security: .plain) } == nil
        )
        let refused: ScriptedTransport.Script = { _ in throw TransportError(.certificateRefused, "unknown authority") }
        #expect(await tags(ScriptedTransport(refused), "localhost:5000")?.code == .insecure)
    }

    @Test("speaks to docker's registry where it really is") func docker() async {
        let transport = ScriptedTransport { _ in Self.list }
        #expect(await tags(transport, "docker.io") == nil)
        #expect(transport.seen.first?.url.origin.description == "https://registry-1.docker.io")
    }

    @Test("lists over pages of this server, and not over others", .rows("CVE-2017-11468")) func pages() async throws {
        let transport = ScriptedTransport { request in
            switch request.query("last") {
            case nil: .status(200, [("Link", "</v2/team/app/tags/list?n=1&last=a>; rel=\"next\"")], #"{"tags":["a"]}"#)
            case "a": .status(200, [("Link", "<list?last=b>; rel=next")], #"{"tags":["b"]}"#)
            default: .status(200, [], #"{"tags":null}"#)
            }
        }
        #expect(try await Repository(name: "team/app", registry: transport.registry()).tags(pageSize: 1) == ["a", "b"])
        #expect(transport.seen.first?.query("n") == "1")
        let evil = ScriptedTransport { _ in
            .status(200, [("Link", "<https://evil.com/x>; rel=next")], #"{"tags":["a"]}"#)
        }
        #expect(await tags(evil)?.code == .redirectRefused)
        let endless = ScriptedTransport { request in
            let number = Int(request.query("last") ?? "0") ?? 0
            return .status(200, [("Link", "<list?last=\(number + 1)>; rel=next")], #"{"tags":["a"]}"#)
        }
        #expect(await tags(endless)?.code == .limitExceeded)
        #expect(endless.seen.count == 100)
    }

    @Test(
        "takes no list with entries that are no tags",
        arguments: [
            #"{"tags":["../x"]}"#, #"{"tags":[5]}"#, #"{"tags":["a b"]}"#, #"["a"]"#, "",
            #"{"tags":["a"],"tags":["b"]}"#,
        ]
    ) func badList(body: String) async {
        #expect(await tags(ScriptedTransport { _ in .status(200, [], body) })?.code == .invalidDocument)
    }

    @Test("lists repositories") func catalog() async throws {
        #expect(try await MemoryRegistry().transport().registry().repositories() == ["a", "b/c"])
    }
}
