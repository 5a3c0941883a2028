// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import ImageLayout
import OCISpec
import Synchronization
import Testing

@testable import RegistryClient

@Suite("A push")
struct PushTests {
    private static let name = "registry.example.com/team/app:v1"

    /// Puts an image with one layer into the store.
    private func image(in store: borrowing StoreFixture, _ layer: [UInt8] = noise(300_000)) throws -> Descriptor {
        let source = MemoryRegistry()
        let manifest = source.add([layer])
        for blob in source.state.withLock({ Array($0.blobs.values) + $0.manifests.values.map(\.bytes) }) {
            try store.layout.blobs.ingest(blob)
        }
        try store.layout.tag(manifest, as: Reference(Self.name))
        return manifest
    }

    private func push(
        _ server: MemoryRegistry,
        from store: borrowing StoreFixture,
        _ options: PushOptions = PushOptions(),
        onEvent: @escaping @Sendable (PushEvent) -> Void = { _ in }
    ) async throws(RegistryError) -> (PushedImage, ScriptedTransport) {
        let transport = server.transport()
        let reference = try parsed(Self.name)
        let repository = try Repository(reference, in: transport.registry())
        return (
            try await repository.push(Self.name, from: store.layout, to: reference, options: options, onEvent: onEvent),
            transport
        )
    }

    @Test(
        "sends blobs, then the manifest, under its tag",
        arguments: [PushOptions.Upload.monolithic, .chunked(bytes: 100_000), .chunked(bytes: 1 << 20)]
    )
    func whole(upload: PushOptions.Upload) async throws {
        let store = try StoreFixture()
        let manifest = try image(in: store)
        let server = MemoryRegistry()
        let (image, transport) = try await push(server, from: store, PushOptions(upload: upload))
        #expect(image.descriptor.digest == manifest.digest)
        #expect(server.state.withLock { $0.tags["v1"] } == "\(manifest.digest)")
        #expect(server.state.withLock { $0.blobs.count } == 2)
        #expect(transport.seen.last?.line == "PUT https://registry.example.com/v2/team/app/manifests/v1")
        #expect(
            transport.seen.filter { $0.method == "PUT" && $0.path.contains("uploads") }.allSatisfy {
                $0.query("_state") == "s%2F1"
            }
        )
        let patches = transport.seen.filter { $0.method == "PATCH" }.compactMap { $0.headers["Content-Range"] }
        if upload == .chunked(bytes: 100_000) {
            #expect(patches.filter { $0.count > 8 } == ["100000-199999", "200000-299999"])
        }
        let (_, again) = try await push(server, from: store)
        #expect(!again.seen.contains { $0.method == "POST" })
    }

    @Test("has the registry take blobs from where it has them") func mounts() async throws {
        let store = try StoreFixture()
        let layer = noise(1000)
        let digest = Repository.digest(of: layer)
        _ = try image(in: store, layer)
        let server = MemoryRegistry()
        server.state.withLock { state in
            state.blobs["\(digest)"] = layer
            state.repositories["\(digest)"] = ["base"]
        }
        let mounted = Mutex(false)
        let (_, transport) = try await push(server, from: store, PushOptions(mountSources: ["nothing", "base"])) {
            event in
            if case .blob(_, .mounted("base")) = event { mounted.withLock { $0 = true } }
        }
        // The first source that is not there begins an upload, and that is used.
        #expect(transport.seen.contains { $0.query("mount") == "\(digest)" })
        #expect(server.state.withLock { $0.repositories["\(digest)"]?.contains("team/app") } == true)
        #expect(!mounted.withLock { $0 })
        let other = try StoreFixture()
        _ = try image(in: other, layer)
        server.state.withLock { $0.repositories["\(digest)"] = ["base"] }
        _ = try await push(server, from: other, PushOptions(mountSources: ["base"])) { event in
            if case .blob(_, .mounted("base")) = event { mounted.withLock { $0 = true } }
        }
        #expect(mounted.withLock { $0 })
    }

    @Test("goes on with an interrupted upload where the registry is, and begins a monolithic one anew")
    func interrupted() async throws {
        for upload in [PushOptions.Upload.monolithic, .chunked(bytes: 100_000)] {
            let store = try StoreFixture()
            _ = try image(in: store)
            let count = Mutex(0)
            let server = MemoryRegistry { request, _ in
                guard request.method == (upload == .monolithic ? "PUT" : "PATCH"), request.path.contains("uploads"),
                    request.body.count > 50_000
                else { return nil }
                let number = count.withLock {
                    $0 += 1
                    return $0
                }
                if number == 2 || upload == .monolithic && number == 1 {
                    throw TransportError(.connectionLost, "reset")
                }
                return nil
            }
            let (image, _) = try await push(server, from: store, PushOptions(upload: upload))
            #expect(server.state.withLock { $0.tags["v1"] } == "\(image.descriptor.digest)")
        }
    }

    @Test("believes no registry that says it has more than was sent", arguments: ["0-999999", "5-10", "x"])
    func lyingRange(range: String) async throws {
        let store = try StoreFixture()
        _ = try image(in: store)
        let server = MemoryRegistry { request, _ in
            request.method == "PATCH" ? .status(202, [("Location", request.url.text), ("Range", range)]) : nil
        }
        let error = await failure { () throws(RegistryError) in
            _ = try await push(server, from: store, PushOptions(upload: .chunked(bytes: 1000)))
        }
        #expect(error?.code == .invalidResponse)
    }

    @Test(
        "sends an upload elsewhere without credentials, and not out of TLS",
        .rows("A-11", "GHSA-vh4v"),
        arguments: [
            ("https://upload.example.net/u", nil), ("http://registry.example.com/u", .redirectRefused),
            ("https://127.0.0.1/u", .redirectRefused),
            ("https://a:b@registry.example.com/u", .invalidResponse), ("", .invalidResponse),
        ] as [(String, RegistryError.Code?)]
    ) func location(location: String, code: RegistryError.Code?) async throws {
        let store = try StoreFixture()
        _ = try image(in: store)
        let transport = ScriptedTransport { request in
            if request.url.origin.host == "upload.example.net" { return .status(201) }
            if request.authorization == nil { return .status(401, [("WWW-Authenticate", "Basic realm=x")]) }
            switch request.method {
            case "HEAD": return .status(404)
            case "POST": return .status(202, location.isEmpty ? [] : [("Location", location)])
            default: return .status(201)
            }
        }
        let reference = try Reference(Self.name)
        let credentials = CredentialSource.fixed(["registry.example.com": .password(name: "a", password: "b")])
        let repository = try Repository(reference, in: transport.registry("registry.example.com", credentials))
        let error = await failure { () throws(RegistryError) in
            try await repository.push(Self.name, from: store.layout, to: reference)
        }
        #expect(error?.code == code)
        #expect(
            transport.seen.filter { $0.url.origin.host != "registry.example.com" }.allSatisfy {
                $0.authorization == nil
            }
        )
    }

    @Test("of an index with one platform here pushes that platform; with several and others missing, nothing")
    func incomplete() async throws {
        let store = try StoreFixture()
        let manifest = try image(in: store)
        var absent = MemoryRegistry.describe([1], .imageManifest)
        absent.platform = Platform(architecture: "s390x", os: "linux")
        let index = ImageIndex(mediaType: .imageIndex, manifests: [manifest, absent]).json()
        try store.layout.blobs.ingest(index)
        try store.layout.tag(MemoryRegistry.describe(index, .imageIndex), as: Reference(Self.name))
        let server = MemoryRegistry()
        let (image, _) = try await push(server, from: store)
        #expect(image.descriptor.digest == manifest.digest)
        #expect(image.incompleteIndex?.digest == Repository.digest(of: index))
        #expect(server.state.withLock { $0.tags["v1"] } == "\(manifest.digest)")
    }

    @Test("says what the registry refuses, and tells it that the upload ends") func refused() async throws {
        let store = try StoreFixture()
        _ = try image(in: store)
        let server = MemoryRegistry { request, _ in
            request.method == "PUT"
                ? .status(413, [], #"{"errors":[{"code":"SIZE_INVALID","message":"too large"}]}"#) : nil
        }
        let transport = server.transport()
        let reference = try Reference(Self.name)
        let repository = try Repository(reference, in: transport.registry())
        let error = await failure { () throws(RegistryError) in
            try await repository.push(Self.name, from: store.layout, to: reference)
        }
        #expect(error?.code == .rejected)
        #expect(error?.messages.first?.code == "SIZE_INVALID")
        #expect(transport.seen.contains { $0.method == "DELETE" })
    }

    @Test(
        "of a manifest with a subject keeps the list of referrers where the registry does not",
        arguments: [true, false]
    )
    func referrers(keeps: Bool) async throws {
        let server = MemoryRegistry(keepsReferrers: keeps)
        let subject = server.add([noise(10)])
        let repository = Repository(name: "team/app", registry: server.transport().registry())
        for number in 0..<2 {
            let manifest = ImageManifest(
                mediaType: .imageManifest,
                artifactType: MediaType(rawValue: "application/x-signature"),
                config: MemoryRegistry.describe([0x7B, 0x7D], .empty),
                layers: [],
                subject: subject,
                annotations: ["number": "\(number)"]
            ).json()
            let descriptor = MemoryRegistry.describe(manifest, .imageManifest)
            try await repository.putManifest(manifest, descriptor, as: "\(descriptor.digest)")
            try await repository.putManifest(manifest, descriptor, as: "\(descriptor.digest)")
        }
        let list = try await repository.referrers(of: subject.digest)
        #expect(list.count == (keeps ? 0 : 2))
        if keeps { return }
        #expect(list.map { $0.annotations?["number"] } == ["0", "1"])
        #expect(list.allSatisfy { $0.artifactType?.rawValue == "application/x-signature" })
        #expect(try await repository.referrers(of: subject.digest, artifactType: MediaType(rawValue: "a/b")).isEmpty)
    }

    @Test("can be undone: manifests and blobs are deleted") func deletes() async throws {
        let server = MemoryRegistry()
        let manifest = server.add([noise(10)])
        let repository = Repository(name: "team/app", registry: server.transport().registry())
        try await repository.deleteManifest("\(manifest.digest)")
        let error = await failure { () throws(RegistryError) in
            try await repository.deleteManifest("\(manifest.digest)")
        }
        #expect(error?.code == .notFound)
        try await repository.deleteBlob(Repository.digest(of: noise(10)))
        #expect(try await !repository.hasBlob(Repository.digest(of: noise(10))))
    }
}
