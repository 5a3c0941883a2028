// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

#if Registry

import Glibc
import ImageLayout
import OCISpec
import Synchronization
import TestSupport
import Testing

@testable import RegistryClient

@Suite("A registry that writes what no registry would", .endsIfStuck)
struct HostileServerTests {
    /// What may be taken of something without end: far more than any limit, far less than a memory holds.
    private static let budget = 64 << 20

    /// It waits for movement as long as `patience`: long where another error is expected, on whatever machine.
    private func registry(_ server: HostileServer, patience: Duration = .seconds(2)) -> Registry {
        let name = "127.0.0.1:\(server.port)"
        var configuration = RegistryConfiguration(connectTimeout: patience, idleTimeout: patience)
        configuration.hosts[name] = .init(security: .plain)
        configuration.retries.attempts = 1
        return Registry(name, configuration: configuration, transport: HTTPTransport())
    }

    private func tags(_ server: HostileServer, patience: Duration = .seconds(2)) async -> RegistryError? {
        let registry = registry(server, patience: patience)
        return await failure { () throws(RegistryError) in
            _ = try await Repository(name: "team/app", registry: registry).tags()
        }
    }

    /// What does not end, and what is written again and again.
    enum Endless: String, CaseIterable, CustomTestStringConvertible {
        case fields = "fields of the header"
        case field = "a field of the header"
        case name = "the name of a field"
        case trailers = "fields behind the body"
        case reason = "the words behind the status"
        case announcements = "answers that announce another"
        case largeAnnouncements = "answers with fields that announce another"
        case size = "the size of a chunk"
        case extensions = "what is behind the size of a chunk"
        case length = "the digits of the length"

        var testDescription: String { rawValue }

        var text: (head: String, piece: String) {
            switch self {
            case .fields: ("HTTP/1.1 200 OK\r\n", "X-Field: value\r\n")
            case .field: ("HTTP/1.1 200 OK\r\nX: ", "value")
            case .name: ("HTTP/1.1 200 OK\r\nX", "field")
            case .trailers:
                (
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n{\"tags\":[]}\r\n0\r\n",
                    "X-Field: value\r\n"
                )
            case .reason: ("HTTP/1.1 200 ", "fine ")
            case .announcements: ("", "HTTP/1.1 103 Early Hints\r\n\r\n")
            case .largeAnnouncements:
                ("", "HTTP/1.1 102 Processing\r\nX-Field: \(String(repeating: "x", count: 1000))\r\n\r\n")
            case .size: ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "0")
            case .extensions: ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=", "value")
            case .length: ("HTTP/1.1 200 OK\r\nContent-Length: ", "9")
            }
        }

        /// Whether nothing of it is kept, so that only time is lost.
        var isDropped: Bool { [.reason, .announcements, .largeAnnouncements, .size, .extensions].contains(self) }
    }

    @Test("is left when it does not end", .rows("swift-nio-b24872d3a"), arguments: Endless.allCases)
    func endless(_ flood: Endless) async throws {
        let server = try HostileServer { $0.flood(flood.text.head, flood.text.piece) }
        let error = try #require(await tags(server, patience: .seconds(flood.isDropped ? 2 : 120)))
        #expect([.invalidResponse, .limitExceeded, .stalled, .connectionFailed].contains(error.code), "\(error)")
        if !flood.isDropped {
            #expect(server.taken < Self.budget, "\(error)")
            #expect(error.code != .stalled, "\(error)")
        }
    }

    @Test(
        "has more fields, or larger ones, than an answer has",
        .rows("swift-nio-b24872d3a"),
        arguments: [(1_000_000, 1), (1, 2 << 20), (20, 40 << 10), (200, 1 << 10)]
    )
    func largeHeader(count: Int, size: Int) async throws {
        let field = "X-Field: \(String(repeating: "v", count: size))\r\n"
        let server = try HostileServer { peer in
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n")
            for _ in 0..<count { guard peer.write(field) else { return } }
            peer.write("\r\n{\"tags\":[]}")
        }
        let error = try #require(await tags(server, patience: .seconds(120)))
        #expect([.invalidResponse, .limitExceeded].contains(error.code), "\(error)")
    }

    /// The calls that hold a whole body in memory, and those that want none.
    enum Call: String, CaseIterable, CustomTestStringConvertible {
        case tags, repositories, manifest, ping, upload, failure, token, referrers

        var testDescription: String { rawValue }
    }

    @Test(
        "has a body of 5 GiB, or one without end, where a call holds it in memory",
        .rows("swift-nio-b24872d3a"),
        arguments: Call.allCases,
        [true, false]
    )
    func endlessBody(_ call: Call, isAnnounced: Bool) async throws {
        let server = try HostileServer { peer in
            let (status, fields) =
                switch call {
                case .failure: ("500 Broken", "")
                case .upload where peer.request.hasPrefix("POST"):
                    ("202 Accepted", "Location: /v2/team/app/blobs/uploads/1\r\n")
                case .token where !peer.request.contains("/token"):
                    (
                        "401 Unauthorized",
                        "WWW-Authenticate: Bearer realm=\"http://127.0.0.1:\(peer.port)/token\",service=\"x\"\r\n"
                    )
                default: ("200 OK", "Content-Type: application/vnd.oci.image.index.v1+json\r\n")
                }
            let length = isAnnounced ? "Content-Length: 5368709120\r\n" : "Connection: close\r\n"
            peer.flood(
                "HTTP/1.1 \(status)\r\n\(fields)\(length)\r\n",
                "[\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"],"
            )
        }
        let registry = registry(server)
        let error = await failure { () throws(RegistryError) in
            let repository = Repository(name: "team/app", registry: registry)
            switch call {
            case .tags, .failure, .token: _ = try await repository.tags()
            case .repositories: _ = try await registry.repositories()
            case .manifest: _ = try await repository.manifest("v1")
            case .ping: try await registry.ping()
            case .referrers: _ = try await repository.referrers(of: Repository.digest(of: []))
            case .upload:
                try await repository.putManifest(
                    [0x7B, 0x7D],
                    MemoryRegistry.describe([0x7B, 0x7D], .imageManifest),
                    as: "v1"
                )
            }
        }
        // A call that wants no body has what it wants with the header.
        if call != .ping, call != .upload { #expect(error != nil) }
        #expect(server.taken < Self.budget, "\(String(describing: error))")
    }

    @Test(
        "compresses what it sends, which stays as it was sent: nothing is inflated, and nobody asks for it",
        .rows("CVE-2020-9840")
    )
    func compressed() async throws {
        let made = try Command.run(["sh", "-c", "head -c 67108864 /dev/zero | gzip -9 | od -An -v -tx1 | tr -d ' \\n'"])
        let digits = Array(made.output.utf8)
        let bomb = stride(from: 0, to: digits.count, by: 2).map {
            UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16) ?? 0
        }
        let server = try HostileServer { peer in
            peer.write(
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(bomb.count)\r\nX-Seen: \(peer.asks)\r\n\r\n"
            )
            peer.write(bomb)
        }
        let answer = try await HTTPTransport().send(
            TransportRequest(
                method: .get,
                url: RegistryURL("http://127.0.0.1:\(server.port)/v2/team/app/blobs/x"),
                headers: HTTPHeaders(),
                body: .none,
                tls: TLSSettings(),
                connectTimeout: .seconds(60),
                idleTimeout: .seconds(60)
            )
        )
        #expect(answer.headers["X-Seen"] == "identity")
        var body: [UInt8] = []
        while body.count <= bomb.count, let piece = try await answer.next() { body += piece }
        #expect(body == bomb)
    }

    @Test(
        "compresses a list, which then is none",
        .rows("CVE-2020-9840"),
        arguments: [
            (
                "gzip",
                [
                    0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 3, 0xAB, 0x56, 0x2A, 0x49, 0x4C, 0x2F, 0x56, 0xB2, 0x8A, 0x8E,
                    0xAD, 5, 0, 0x26, 3, 0x5A, 0xEA, 11, 0, 0, 0,
                ]
            ),
            (
                "deflate",
                [
                    0x78, 0x9C, 0xAB, 0x56, 0x2A, 0x49, 0x4C, 0x2F, 0x56, 0xB2, 0x8A, 0x8E, 0xAD, 5, 0, 0x17, 0x21, 3,
                    0xDE,
                ]
            ),
        ] as [(String, [UInt8])]
    )
    func compressedList(encoding: String, list: [UInt8]) async throws {
        let server = try HostileServer { peer in
            peer.write("HTTP/1.1 200 OK\r\nContent-Encoding: \(encoding)\r\nContent-Length: \(list.count)\r\n\r\n")
            peer.write(list)
        }
        #expect(await tags(server, patience: .seconds(120))?.code == .invalidDocument)
    }

    @Test("answers nobody before thirty have asked, and is asked by thirty at a time") func crowd() async throws {
        let waiting = Mutex(0)
        let server = try HostileServer { peer in
            waiting.withLock { $0 += 1 }
            while waiting.withLock({ $0 }) < 30 { usleep(1000) }
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n{\"name\":\"x\",\"tags\":[\"a\"]}")
        }
        defer { waiting.withLock { $0 = 30 } }
        let repository = Repository(name: "team/app", registry: registry(server, patience: .seconds(20)))
        let answers = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<30 { group.addTask { try await repository.tags() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers == Array(repeating: ["a"], count: 30))
    }
}

extension HostileServer.Peer {
    /// Which compression the request asks for.
    fileprivate var asks: String {
        let fields = request.split(separator: "\r\n").filter { $0.lowercased().hasPrefix("accept-encoding:") }
        return fields.isEmpty ? "identity" : fields.map { String($0.dropFirst(16)) }.joined().filter { $0 != " " }
    }
}

#endif
