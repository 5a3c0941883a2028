// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import ImageLayout
import OCISpec
import Synchronization
import Testing

@testable import RegistryClient

@Suite("A pull")
struct PullTests {
    private static let layers = [noise(300_000), noise(20, seed: 2), noise(70_000, seed: 3)]
    private static let reference = "registry.example.com/team/app:v1"

    private func pull(
        _ transport: ScriptedTransport,
        _ reference: String = Self.reference,
        into store: borrowing StoreFixture,
        _ options: PullOptions = PullOptions(),
        credentials: CredentialSource = .none,
        change: (inout RegistryConfiguration) -> Void = { _ in },
        onEvent: @escaping @Sendable (PullEvent) -> Void = { _ in }
    ) async throws(RegistryError) -> PulledImage {
        let reference = try parsed(reference)
        let repository = try Repository(reference, in: transport.registry(reference.registry, credentials, change))
        return try await repository.pull(reference, into: store.layout, options: options, onEvent: onEvent)
    }

    @Test(
        "stores an image under its name, and every blob of it",
        arguments: [MediaType.imageManifest, .dockerManifest]
    )
    func whole(type: MediaType) async throws {
        let store = try StoreFixture()
        let server = MemoryRegistry()
        let manifest = server.add(Self.layers, tag: "v1", type: type)
        let image = try await pull(server.transport(), into: store)
        #expect(image.descriptor == manifest)
        #expect(!image.wasPresent)
        let resolved = try store.layout.resolve(Self.reference, platform: Platform("linux/amd64"))
        #expect(resolved.manifestDescriptor.digest == manifest.digest)
        #expect(try store.layout.check().isSound)
        #expect(store.files("ingest/partial").isEmpty)
        #expect(try await pull(server.transport(), into: store).wasPresent)
    }

    @Test("takes from an index the platform asked for and keeps the index") func platform() async throws {
        let store = try StoreFixture()
        let server = MemoryRegistry()
        var arm = server.add([noise(100, seed: 9)], tag: "x") { $0.annotations = ["a": "arm"] }
        arm.platform = Platform(architecture: "arm64", os: "linux")
        var intel = server.add(Self.layers, tag: "y")
        intel.platform = Platform(architecture: "amd64", os: "linux")
        var attestation = server.add([noise(10, seed: 4)], tag: "z") { $0.annotations = ["a": "attestation"] }
        attestation.platform = Platform(architecture: "unknown", os: "unknown")
        let index = server.add(index: [attestation, arm, intel], tag: "v1")
        let image = try await pull(server.transport(), into: store, PullOptions(platform: Platform("linux/arm64")))
        #expect(image.descriptor == index)
        #expect(image.manifests.map(\.digest) == [arm.digest])
        #expect(
            try store.layout.resolve(Self.reference, platform: Platform("linux/arm64")).manifestDescriptor.digest
                == arm.digest
        )
        let mainframe = PullOptions(platform: try Platform("linux/s390x"))
        let error = await failure { () throws(RegistryError) in
            _ = try await pull(server.transport(), into: store, mainframe)
        }
        #expect(error?.code == .noMatchingPlatform)
        #expect(error?.description.contains("linux/amd64, linux/arm64") == true)
        #expect(try await pull(server.transport(), into: store, .allPlatforms).manifests.count == 3)
    }

    @Test("of a digest gets that content whatever the tag stands for, and asks for no tag", .rows("GHSA-qv35"))
    func digest() async throws {
        let store = try StoreFixture()
        let server = MemoryRegistry()
        let old = server.add([noise(50)], tag: "v1")
        server.add([noise(60, seed: 2)], tag: "v1")
        let transport = server.transport()
        let image = try await pull(transport, "registry.example.com/team/app:v1@\(old.digest)", into: store)
        #expect(image.descriptor == old)
        #expect(!transport.seen.contains { $0.path.hasSuffix("/v1") })
    }

    @Test("skips blobs that the store has") func present() async throws {
        let store = try StoreFixture()
        let server = MemoryRegistry()
        server.add(Self.layers, tag: "v1")
        try store.layout.blobs.ingest(Self.layers[0])
        let transport = server.transport()
        _ = try await pull(transport, into: store)
        let digest = "\(Repository.digest(of: Self.layers[0]))"
        #expect(!transport.seen.contains { $0.path.hasSuffix(digest) })
    }

    @Test("goes on by Range where a connection broke, and where an earlier run was killed", .rows("F-17", "F-19"))
    func resumes() async throws {
        let store = try StoreFixture()
        let layer = noise(200_000)
        let digest = Repository.digest(of: layer)
        // The first run gets 50,000 bytes and then nothing but errors; the second one the rest, after another break.
        let server = MemoryRegistry { request, count in
            guard request.path.hasSuffix("blobs/\(digest)") else { return nil }
            if count == 0 {
                return ScriptedResponse(
                    headers: [("ETag", "\"v\""), ("Content-Length", "200000")],
                    body: Array(layer[..<50_000]),
                    ending: TransportError(.connectionLost, "reset")
                )
            }
            if count < 6 { return .status(503) }
            if count == 6 {
                return ScriptedResponse(
                    status: 206,
                    headers: [("Content-Range", "bytes 50000-199999/200000"), ("ETag", "\"v\"")],
                    body: Array(layer[50_000..<120_000]),
                    ending: TransportError(.timedOut, "stalled")
                )
            }
            return nil
        }
        server.add([layer], tag: "v1")
        let transport = server.transport()
        let error = await failure { () throws(RegistryError) in _ = try await pull(transport, into: store) }
        #expect(error?.code == .unavailable)
        #expect(store.partial(digest) == Array(layer[..<50_000]))
        #expect(try !store.layout.blobs.contains(digest))
        // Opening the layout anew sweeps what dead writers left, and not this.
        _ = try ImageLayoutDirectory(opening: store.layout.path)
        let again = server.transport()
        _ = try await pull(again, into: store)
        #expect(try store.layout.blobs.read(digest, limit: 1 << 20) == layer)
        #expect(store.files("ingest/partial").isEmpty)
        let ranges = again.seen.filter { $0.path.hasSuffix("\(digest)") }.map { $0.headers["Range"] }
        #expect(ranges == ["bytes=50000-", "bytes=120000-"])
        #expect(again.seen.first { $0.headers["Range"] != nil }?.headers["If-Range"] == "\"v\"")
    }

    @Test(
        "begins a blob anew where the server sends all of it, has less of it, or what was kept is wrong",
        .rows("F-19"),
        arguments: 0..<3
    )
    func restarts(kind: Int) async throws {
        let store = try StoreFixture()
        let layer = noise(100_000)
        let digest = Repository.digest(of: layer)
        let server = MemoryRegistry { request, count in
            guard request.path.hasSuffix("blobs/\(digest)"), request.headers["Range"] != nil else { return nil }
            switch kind {
            case 0: return ScriptedResponse(headers: [("Content-Length", "100000")], body: layer)
            case 1: return .status(416, [("Content-Range", "bytes */10")])
            default: return nil
            }
        }
        server.add([layer], tag: "v1")
        do {
            guard var partial = try store.layout.blobs.partial(MemoryRegistry.describe(layer, .layer)) else {
                throw Missing()
            }
            try partial.write(kind == 2 ? noise(5000, seed: 7) : Array(layer[..<5000]))
        }
        _ = try await pull(server.transport(), into: store)
        #expect(try store.layout.blobs.read(digest, limit: 1 << 20) == layer)
    }

    @Test(
        "takes nothing that is not what the descriptor says",
        .rows("CVE-2026-33542", "B-07"),
        arguments: Lie.allCases
    ) func lies(lie: Lie)
        async throws
    {
        let store = try StoreFixture()
        let layer = noise(10_000)
        let digest = Repository.digest(of: layer)
        let server = MemoryRegistry { request, _ in
            request.path.hasSuffix("blobs/\(digest)") ? lie.response(layer) : nil
        }
        server.add([layer], tag: "v1")
        let error = await failure { () throws(RegistryError) in _ = try await pull(server.transport(), into: store) }
        #expect(error?.code == lie.code)
        #expect(error?.registry == "registry.example.com" && error?.repository == "team/app")
        #expect(try !store.layout.blobs.contains(digest))
        #expect(try store.layout.index().manifests.isEmpty)
    }

    enum Lie: CaseIterable {
        case longer, shorter, otherBytes, longLength, shortLength, gzipEncoding, unaskedPart, twoLengths

        func response(_ layer: [UInt8]) -> ScriptedResponse {
            switch self {
            case .longer: ScriptedResponse(body: layer + [0])
            case .shorter: ScriptedResponse(body: Array(layer.dropLast()))
            case .otherBytes: ScriptedResponse(body: layer.reversed())
            case .longLength: ScriptedResponse(headers: [("Content-Length", "10001")], body: layer)
            case .shortLength: ScriptedResponse(headers: [("Content-Length", "9999")], body: layer)
            case .gzipEncoding: ScriptedResponse(headers: [("Content-Encoding", "gzip")], body: layer)
            case .unaskedPart:
                ScriptedResponse(status: 206, headers: [("Content-Range", "bytes 0-9999/10000")], body: layer)
            case .twoLengths:
                ScriptedResponse(headers: [("Content-Length", "10000"), ("Content-Length", "5")], body: layer + [1])
            }
        }

        var code: RegistryError.Code {
            switch self {
            // What is missing is asked for, and given up when nothing more comes.
            case .longer, .longLength, .shortLength, .twoLengths, .shorter: .sizeMismatch
            case .otherBytes: .digestMismatch
            case .gzipEncoding, .unaskedPart: .invalidResponse
            }
        }
    }

    @Test(
        "refuses documents that are not what they are said to be",
        .rows("J-03", "J-08", "CVE-2026-33542"),
        arguments: BadDocument.allCases
    )
    func documents(kind: BadDocument) async throws {
        let store = try StoreFixture()
        let server = MemoryRegistry { request, _ in request.path.contains("/manifests/") ? kind.response : nil }
        let error = await failure { () throws(RegistryError) in _ = try await pull(server.transport(), into: store) }
        #expect(error?.code == kind.code)
        #expect(error?.step == .manifest)
        #expect(store.files("blobs/sha256").isEmpty)
    }

    enum BadDocument: CaseIterable {
        case huge, hugeWithoutLength, noType, otherType, schema1, manifestAsIndex, indexAsManifest, ambiguous, notJSON,
            duplicateKey, wrongDigestHeader, badDigestHeader, hugeHeader, html

        private static let manifest =
            #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"layers":[]}"#
        private static let type = ("Content-Type", MediaType.imageManifest.rawValue)

        var response: ScriptedResponse {
            let (manifest, type) = (Self.manifest, Self.type)
            return switch self {
            case .huge: .status(200, [type, ("Content-Length", "5000000")], manifest)
            case .hugeWithoutLength:
                ScriptedResponse(headers: [type], body: [UInt8](repeating: 0x20, count: 5_000_000), pieceSize: 1 << 16)
            case .noType: .status(200, [], manifest)
            case .otherType: .status(200, [("Content-Type", "application/json")], manifest)
            case .schema1: .status(200, [("Content-Type", MediaType.dockerSchema1Signed.rawValue)], manifest)
            case .manifestAsIndex: .status(200, [("Content-Type", MediaType.imageIndex.rawValue)], manifest)
            case .indexAsManifest: .status(200, [type], #"{"schemaVersion":2,"manifests":[]}"#)
            case .ambiguous: .status(200, [type], manifest.dropLast() + #","manifests":[]}"#)
            case .notJSON: .status(200, [type], "<html>")
            case .duplicateKey: .status(200, [type], manifest.dropLast() + #","layers":[]}"#)
            case .wrongDigestHeader:
                .status(
                    200,
                    [type, ("Docker-Content-Digest", "sha256:" + String(repeating: "0", count: 64))],
                    manifest
                )
            case .badDigestHeader: .status(200, [type, ("Docker-Content-Digest", "sha256:../../x")], manifest)
            case .hugeHeader: .status(200, [type, ("X", String(repeating: "x", count: 70_000))], manifest)
            case .html: .status(200, [("Content-Type", "text/html; charset=utf-8")], "<html>")
            }
        }

        var code: RegistryError.Code {
            switch self {
            case .huge, .hugeWithoutLength, .hugeHeader: .limitExceeded
            case .noType, .otherType, .schema1, .html: .unsupportedMediaType
            case .manifestAsIndex, .indexAsManifest, .ambiguous, .notJSON, .duplicateKey: .invalidDocument
            case .wrongDigestHeader: .digestMismatch
            case .badDigestHeader: .invalidResponse
            }
        }
    }

    @Test("refuses a manifest that is not the one its index lists", arguments: ["digest", "size", "type"])
    func index(lie: String) async throws {
        let store = try StoreFixture()
        let server = MemoryRegistry()
        var manifest = server.add([noise(10)], tag: "x")
        manifest.platform = .host
        switch lie {
        case "size": manifest.size += 1
        case "type": manifest.mediaType = .dockerManifest
        default:
            server.state.withLock { state in
                var bytes = state.manifests["\(manifest.digest)"]?.bytes ?? []
                bytes[bytes.count - 1] = 0x20
                state.manifests["\(manifest.digest)"]?.bytes = Array(bytes.dropLast()) + [0x7D]
                state.manifests["\(manifest.digest)"]?.bytes.insert(0x20, at: 1)
            }
            manifest.size += 1
        }
        _ = server.add(index: [manifest], tag: "v1")
        let error = await failure { () throws(RegistryError) in _ = try await pull(server.transport(), into: store) }
        #expect(["digest": .digestMismatch, "size": .sizeMismatch, "type": .unsupportedMediaType][lie] == error?.code)
    }

    @Test(
        "refuses an index that lies within itself too deep, and layers outside of the registry",
        .rows("CVE-2020-15157", "J-09")
    ) func graphs()
        async throws
    {
        let store = try StoreFixture()
        let server = MemoryRegistry()
        var inner = server.add([noise(10)], tag: "x")
        for _ in 0..<6 { inner = server.add(index: [inner], tag: "v1") }
        let deep = await failure { () throws(RegistryError) in _ = try await pull(server.transport(), into: store) }
        #expect(deep?.code == .limitExceeded)
        server.add([noise(10)], tag: "v1") {
            $0.layers[0].mediaType = .dockerForeignLayerGzip; $0.layers[0].urls = ["http://evil/x"]
        }
        let transport = server.transport()
        let foreign = await failure { () throws(RegistryError) in _ = try await pull(transport, into: store) }
        #expect(foreign?.code == .unsupportedMediaType)
        #expect(transport.seen(by: "evil").isEmpty)
    }

    @Test("tells what happens, in order, and at the end the image") func events() async throws {
        let store = try StoreFixture()
        let server = MemoryRegistry()
        server.add([noise(1_000_000)], tag: "v1")
        let reference = try Reference(Self.reference)
        let repository = try Repository(reference, in: server.transport().registry())
        var states: [PullEvent.BlobState] = []
        var last: PullEvent?
        for try await event in repository.pullEvents(reference, into: store.layout) {
            if case .blob(let descriptor, let state) = event, descriptor.size == 1_000_000 { states.append(state) }
            last = event
        }
        let received = states.compactMap { if case .downloading(let count) = $0 { count } else { nil } }
        #expect(received == received.sorted() && received.last == 1_000_000 && received.count > 3)
        #expect(states.suffix(2) == [.verifying, .complete])
        guard case .finished(let image) = last else { throw Missing() }
        #expect(image.reference == reference)
    }

    @Test("asks mirrors first and the registry itself for what they lack") func mirrors() async throws {
        let store = try StoreFixture()
        let server = MemoryRegistry { request, _ in
            switch request.url.origin.host {
            case "dead.example.com": throw TransportError(.connectionFailed, "refused")
            case "mirror.example.com" where request.path.contains("/blobs/"): return .status(404)
            default: return nil
            }
        }
        server.add([noise(10)], tag: "v1")
        let transport = server.transport()
        let credentials = CredentialSource.fixed(["registry.example.com": .password(name: "a", password: "b")])
        _ = try await pull(transport, into: store, credentials: credentials) {
            $0.mirrors["registry.example.com"] = ["dead.example.com", "mirror.example.com"]
        }
        #expect(transport.seen(by: "mirror.example.com").first?.query("ns") == "registry.example.com")
        #expect(transport.seen(by: "mirror.example.com").allSatisfy { $0.authorization == nil })
        #expect(
            transport.seen(by: "registry.example.com").allSatisfy {
                $0.path.contains("/blobs/") && $0.query("ns") == nil
            }
        )
    }

    @Test("that is cancelled says so, and leaves the index as it was") func cancelled() async throws {
        let store = try StoreFixture()
        let server = MemoryRegistry { request, _ in
            if request.path.contains("/blobs/") { unsafe withUnsafeCurrentTask { unsafe $0?.cancel() } }
            return nil
        }
        server.add([noise(10)], tag: "v1")
        let error = await failure { () throws(RegistryError) in _ = try await pull(server.transport(), into: store) }
        #expect(error?.code == .cancelled)
        #expect(try store.layout.index().manifests.isEmpty)
    }

    private struct Missing: Error {}
}
