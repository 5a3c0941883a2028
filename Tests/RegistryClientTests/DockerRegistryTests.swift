// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

#if Registry

import ImageLayout
import OCISpec
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import RegistryClient

@Suite("With docker-registry", .requires(.registry, .skopeo))
struct DockerRegistryTests {
    /// Puts an image of two layers into the store and names it.
    private func image(in store: borrowing StoreFixture, _ name: String, seed: UInt64 = 1) throws -> Descriptor {
        let source = MemoryRegistry()
        let manifest = source.add([noise(3_000_000, seed: seed), noise(500, seed: seed + 1)])
        for blob in source.state.withLock({ Array($0.blobs.values) + $0.manifests.values.map(\.bytes) }) {
            try store.layout.blobs.ingest(blob)
        }
        try store.layout.tag(manifest, as: Reference(name))
        return manifest
    }

    private func repository(
        _ name: String,
        _ transport: any RegistryTransport,
        _ credentials: CredentialSource = .none,
        tls: TLSSettings = TLSSettings()
    ) throws -> (Reference, Repository) {
        let reference = try Reference(name)
        var configuration = RegistryConfiguration()
        configuration.hosts[reference.registry] = .init(tls: tls)
        configuration.retries.firstWait = .milliseconds(10)
        let registry = Registry(
            reference.registry,
            configuration: configuration,
            credentials: credentials,
            transport: transport
        )
        return (reference, try Repository(reference, in: registry))
    }

    @Test(
        "what is pushed is what skopeo sees and what is pulled again",
        arguments: [PushOptions.Upload.monolithic, .chunked(bytes: 1 << 20)]
    )
    func roundTrip(upload: PushOptions.Upload) async throws {
        let server = try LocalRegistry(.plain)
        let name = "\(server.name)/team/app:v1"
        let source = try StoreFixture()
        let target = try StoreFixture()
        let manifest = try image(in: source, name)
        let (reference, repository) = try repository(name, HTTPTransport())
        try await repository.push(name, from: source.layout, to: reference, options: PushOptions(upload: upload))
        let inspected = try Command.run([
            "skopeo", "inspect", "--tls-verify=false", "--format", "{{.Digest}}", "docker://\(name)",
        ])
        #expect(inspected.output == "\(manifest.digest)\n", "\(inspected.errors)")
        let copied = try Command.run([
            "skopeo", "copy", "--src-tls-verify=false", "docker://\(name)", "oci:\(target.directory.path)/skopeo:v1",
        ])
        #expect(copied.status == 0, "\(copied.errors)")
        let image = try await repository.pull(reference, into: target.layout)
        #expect(image.descriptor.digest == manifest.digest)
        #expect(try target.layout.check().isSound)
        #expect(try target.layout.resolve(name, platform: Platform("linux/amd64")).layers.count == 2)
    }

    @Test("what skopeo pushes in either format is pulled", arguments: ["v2s2", "oci"]) func skopeo(format: String)
        async throws
    {
        let server = try LocalRegistry(.plain)
        let name = "\(server.name)/app:v1"
        let source = try StoreFixture()
        let target = try StoreFixture()
        _ = try image(in: source, "docker.io/library/x:v1")
        let pushed = try Command.run([
            "skopeo", "copy", "--dest-tls-verify=false", "--format", format,
            "oci:\(source.layout.path):docker.io/library/x:v1", "docker://\(name)",
        ])
        try #require(pushed.status == 0, "\(pushed.errors)")
        let (reference, repository) = try repository(name, HTTPTransport())
        let image = try await repository.pull(reference, into: target.layout)
        #expect(image.descriptor.mediaType == (format == "oci" ? .imageManifest : .dockerManifest))
        #expect(try target.layout.check().isSound)
    }

    @Test("that wants TLS and a password, both are checked", .rows("CVE-2019-10214")) func protected() async throws {
        let server = try LocalRegistry(.protected)
        let name = "\(server.name)/team/app:v1"
        let store = try StoreFixture()
        let manifest = try image(in: store, name)
        let good = CredentialSource.fixed([server.name: .password(name: "me", password: "pass:word")])
        let trusting = TLSSettings(authorities: [server.certificate])
        func push(_ credentials: CredentialSource, _ tls: TLSSettings) async throws -> RegistryError? {
            let (reference, repository) = try repository(name, HTTPTransport(), credentials, tls: tls)
            return await failure { () throws(RegistryError) in
                try await repository.push(name, from: store.layout, to: reference)
            }
        }
        #expect(try await push(good, TLSSettings())?.code == .insecure)
        #expect(try await push(.none, trusting)?.code == .unauthorized)
        let wrong = CredentialSource.fixed([server.name: .password(name: "me", password: "word")])
        #expect(try await push(wrong, trusting)?.code == .unauthorized)
        #expect(try await push(good, trusting) == nil)
        #expect(try await push(good, TLSSettings(verification: .none)) == nil)
        let inspected = try Command.run([
            "skopeo", "inspect", "--tls-verify=false", "--creds", "me:pass:word", "--format", "{{.Digest}}",
            "docker://\(name)",
        ])
        #expect(inspected.output == "\(manifest.digest)\n", "\(inspected.errors)")
    }

    @Test("a pull goes on by Range where the connection broke") func resume() async throws {
        let server = try LocalRegistry(.plain)
        let name = "\(server.name)/app:v1"
        let source = try StoreFixture()
        let target = try StoreFixture()
        _ = try image(in: source, name)
        let (reference, repository) = try repository(name, HTTPTransport())
        try await repository.push(name, from: source.layout, to: reference)
        let breaking = BreakingTransport(HTTPTransport(), after: 1_000_000)
        let (_, broken) = try self.repository(name, breaking)
        try await broken.pull(reference, into: target.layout)
        #expect(breaking.ranges.withLock { $0 }.contains { $0.status == 206 && $0.range.hasPrefix("bytes=") })
        #expect(try target.layout.check().isSound)
    }

    @Test("blobs are taken from another repository, tags listed by pages, manifests deleted") func content()
        async throws
    {
        let server = try LocalRegistry(.plain)
        let store = try StoreFixture()
        let transport = HTTPTransport()
        let manifest = try image(in: store, "\(server.name)/one:v1")
        let (first, one) = try repository("\(server.name)/one:v1", transport)
        let (second, two) = try repository("\(server.name)/two/three:v1", transport)
        try await one.push("\(server.name)/one:v1", from: store.layout, to: first)
        let mounted = Mutex(0)
        try await two.push(
            "\(server.name)/one:v1",
            from: store.layout,
            to: second,
            options: PushOptions(mountSources: ["one"])
        ) {
            if case .blob(_, .mounted("one")) = $0 { mounted.withLock { $0 += 1 } }
        }
        #expect(mounted.withLock { $0 } == 3)
        for tag in ["a", "b", "c"] {
            try await one.putManifest(try store.layout.blobs.read(manifest.digest), manifest, as: tag)
        }
        #expect(try await one.tags(pageSize: 2).sorted() == ["a", "b", "c", "v1"])
        #expect(try await one.registry.repositories(pageSize: 1) == ["one", "two/three"])
        try await one.deleteManifest("\(manifest.digest)")
        #expect(try await !one.hasManifest("v1"))
        let error = await failure { () throws(RegistryError) in _ = try await one.manifest("v1") }
        #expect(error?.code == .notFound)
        #expect(error?.messages.first?.code == "MANIFEST_UNKNOWN")
        #expect(try await two.referrers(of: manifest.digest).isEmpty)
    }

    @Test("that does not listen is reported at once, as is a name without address") func refused() async throws {
        let transport = HTTPTransport()
        for name in ["127.0.0.1:1", "registry.invalid"] {
            var configuration = RegistryConfiguration()
            configuration.retries.attempts = 1
            let registry = Registry(name, configuration: configuration, transport: transport)
            let error = await failure { () throws(RegistryError) in try await registry.ping() }
            #expect(error?.code == .connectionFailed, "\(String(describing: error))")
        }
    }
}

/// A transport whose first long body breaks off.
private final class BreakingTransport: RegistryTransport {
    struct Seen: Sendable {
        let range: String
        let status: Int
    }

    private let base: HTTPTransport
    private let rest: Mutex<Int>
    let ranges = Mutex<[Seen]>([])

    init(_ base: HTTPTransport, after count: Int) {
        self.base = base
        rest = Mutex(count)
    }

    func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
        let response = try await base.send(request)
        let range = request.headers["Range"] ?? ""
        ranges.withLock { $0.append(Seen(range: range, status: response.status)) }
        guard request.url.target.contains("/blobs/") else { return response }
        return TransportResponse(status: response.status, headers: response.headers) {
            () async throws(TransportError) in
            guard let piece = try await response.next() else { return nil }
            let isBroken = self.rest.withLock { rest in
                let isBroken = rest > 0 && rest <= piece.count
                rest -= piece.count
                return isBroken
            }
            if isBroken { throw TransportError(.connectionLost, "broken by the test") }
            return piece
        }
    }

    func resolve(_ host: String, port: Int) async throws(TransportError) -> NetworkAddress {
        try await base.resolve(host, port: port)
    }
}

#endif
