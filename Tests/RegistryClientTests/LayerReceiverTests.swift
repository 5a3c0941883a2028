// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import ImageLayout
import LinuxSystem
import OCISpec
import Synchronization
import Testing

@testable import RegistryClient

/// Takes layers, and notes what it is told.
private final class RecordingReceiver: LayerReceiver {
    /// What was said of one layer, each time that it began.
    struct Arrival: Sendable {
        let digest: OCISpec.Digest
        let stacks: [[OCISpec.Digest]]
        var sizes: [Int64] = []
        var content: [UInt8]?
        var wasAbandoned = false
    }

    let arrivals = Mutex<[Arrival]>([])
    let refusal: String?

    init(refusal: String? = nil) { self.refusal = refusal }

    func receive(
        _ layer: Descriptor,
        as stacks: [[OCISpec.Digest]],
        from file: consuming OwnedFileDescriptor
    ) throws -> any LayerArrival {
        let position = arrivals.withLock { arrivals in
            arrivals.append(Arrival(digest: layer.digest, stacks: stacks))
            return arrivals.count - 1
        }
        return Recorder(receiver: self, position: position, file: file)
    }

    private final class Recorder: LayerArrival {
        let receiver: RecordingReceiver
        let position: Int
        let file: OwnedFileDescriptor

        init(receiver: RecordingReceiver, position: Int, file: consuming OwnedFileDescriptor) {
            self.receiver = receiver
            self.position = position
            self.file = file
        }

        func grow(to size: Int64) throws {
            receiver.arrivals.withLock { $0[position].sizes.append(size) }
        }

        func finish() async throws {
            if let refusal = receiver.refusal { throw RegistryTestError(description: refusal) }
            var content = [UInt8](repeating: 0, count: 1 << 20)
            let number = file.rawValue
            let count = unsafe content.withUnsafeMutableBytes {
                unsafe clinux_pread(number, $0.baseAddress, $0.count, 0)
            }
            let bytes = Array(content[..<count])
            receiver.arrivals.withLock { $0[position].content = bytes }
        }

        func abandon() async { receiver.arrivals.withLock { $0[position].wasAbandoned = true } }
    }
}

private struct RegistryTestError: Error, CustomStringConvertible { let description: String }

@Suite("A pull that hands its layers on")
struct LayerReceiverTests {
    private static let layers = [noise(300_000), noise(20, seed: 2), noise(300_000), noise(70_000, seed: 3)]
    private static let reference = "registry.example.com/team/app:v1"

    private func pull(
        _ server: MemoryRegistry,
        into store: borrowing StoreFixture,
        _ receiver: (any LayerReceiver)?,
        _ options: PullOptions = PullOptions()
    ) async throws(RegistryError) {
        let reference = try parsed(Self.reference)
        let repository = try Repository(
            reference,
            in: server.transport().registry(reference.registry, .none) { $0.retries.attempts = 2 }
        )
        try await repository.pull(reference, into: store.layout, options: options, layers: receiver)
    }

    @Test("hands each on once, with all its places, as it grows and when it is verified")
    func whole() async throws {
        let store = try StoreFixture()
        let server = MemoryRegistry()
        server.add(Self.layers, tag: "v1")
        let receiver = RecordingReceiver()
        try await pull(server, into: store, receiver)
        let arrivals = receiver.arrivals.withLock { $0 }
        let digests = Self.layers.map { Repository.digest(of: $0) }
        #expect(Set(arrivals.map(\.digest)) == Set(digests) && arrivals.count == 3)
        let first = try #require(arrivals.first { $0.digest == digests[0] })
        #expect(first.stacks == [Array(digests[..<1]), Array(digests[..<3])])
        #expect(first.content == Self.layers[0])
        #expect(first.sizes.first == 0 && first.sizes.last == 300_000 && first.sizes == first.sizes.sorted())
        #expect(!arrivals.contains { $0.wasAbandoned })
        // Layers that are here are handed on as well: they may not have been taken before.
        let again = RecordingReceiver()
        try await pull(server, into: store, again)
        #expect(again.arrivals.withLock { $0.map(\.content) }.contains(Self.layers[3]))
    }

    @Test("abandons a layer whose bytes turn out wrong, and never says that it is whole")
    func wrongBytes() async throws {
        let store = try StoreFixture()
        let layer = Self.layers[0]
        let digest = Repository.digest(of: layer)
        let server = MemoryRegistry { request, _ in
            guard request.path.hasSuffix("blobs/\(digest)") else { return nil }
            return ScriptedResponse(headers: [], body: [UInt8](layer.dropLast()) + [layer.last.map { ~$0 } ?? 0])
        }
        server.add([layer], tag: "v1")
        let receiver = RecordingReceiver()
        let error = await failure { () throws(RegistryError) in try await pull(server, into: store, receiver) }
        #expect(error?.code == .digestMismatch)
        let arrivals = receiver.arrivals.withLock { $0 }
        #expect(!arrivals.isEmpty && arrivals.allSatisfy { $0.wasAbandoned && $0.content == nil })
    }

    @Test("begins a layer again where the server begins it again")
    func restarted() async throws {
        let store = try StoreFixture()
        let layer = Self.layers[0]
        let digest = Repository.digest(of: layer)
        let server = MemoryRegistry { request, count in
            guard request.path.hasSuffix("blobs/\(digest)") else { return nil }
            if count == 0 {
                return ScriptedResponse(
                    headers: [("Content-Length", "300000")],
                    body: Array(layer[..<100_000]),
                    ending: TransportError(.connectionLost, "reset")
                )
            }
            // The whole of it, although the rest was asked for.
            return ScriptedResponse(headers: [("Content-Length", "300000")], body: layer)
        }
        server.add([layer], tag: "v1")
        let receiver = RecordingReceiver()
        try await pull(server, into: store, receiver)
        let arrivals = receiver.arrivals.withLock { $0 }
        #expect(arrivals.map(\.wasAbandoned) == [true, false])
        #expect(arrivals.last?.content == layer)
    }

    @Test("fails with the words of who refuses a layer, and names no image")
    func refused() async throws {
        let store = try StoreFixture()
        let server = MemoryRegistry()
        server.add(Self.layers, tag: "v1")
        let receiver = RecordingReceiver(refusal: "a name leads out of the tree")
        let error = await failure { () throws(RegistryError) in try await pull(server, into: store, receiver) }
        #expect(error?.code == .layerRefused)
        #expect(error?.description.contains("a name leads out of the tree") == true)
        #expect(try store.layout.index().manifests.isEmpty)
    }

    @Test("keeps no layer where that is asked for, only with somebody who takes them")
    func notKept() async throws {
        let store = try StoreFixture()
        let server = MemoryRegistry()
        server.add(Self.layers, tag: "v1")
        var options = PullOptions()
        options.keepsLayers = false
        let wish = options
        let error = await failure { () throws(RegistryError) in try await pull(server, into: store, nil, wish) }
        #expect(error?.code == .configuration)
        let receiver = RecordingReceiver()
        try await pull(server, into: store, receiver, options)
        #expect(receiver.arrivals.withLock { $0.map(\.content) }.contains(Self.layers[1]))
        for layer in Self.layers { #expect(try !store.layout.blobs.contains(Repository.digest(of: layer))) }
        #expect(store.files("ingest/partial").isEmpty)
        #expect(try store.layout.check().isSound)
        #expect(try store.layout.resolve(Self.reference, platform: Platform("linux/amd64")).layers.count == 4)
    }
}
