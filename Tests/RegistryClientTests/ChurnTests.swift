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

@Suite("What pulls leave", .requires(.registry), .endsIfStuck) struct ChurnTests {
    @Test("is the image and nothing else, after two hundred of them") func pulls() async throws {
        await #expect(processExitsWith: .success) {
            let server = try LocalRegistry(.plain)
            let reference = try Reference("\(server.name)/team/app:v1")
            let registry = Registry(reference.registry, transport: HTTPTransport())
            let repository = try Repository(reference, in: registry)
            let source = try StoreFixture()
            let image = MemoryRegistry()
            let manifest = image.add([noise(300_000), noise(500, seed: 2)])
            for blob in image.state.withLock({ Array($0.blobs.values) + $0.manifests.values.map(\.bytes) }) {
                try source.layout.blobs.ingest(blob)
            }
            try source.layout.tag(manifest, as: reference)
            try await repository.push("\(reference)", from: source.layout, to: reference)
            let place = try TemporaryDirectory()
            let layout = try ImageLayoutDirectory.openOrCreate(place.path.appending("layout"))
            func pull(_ count: Int) async throws {
                for _ in 0..<count {
                    try await repository.pull(reference, into: layout)
                    let released = try layout.remove("\(reference)")
                    try layout.collectGarbage(released: released)
                }
            }
            let directories = [place.path.string]
            try await pull(5)
            let before = MachineSnapshot(of: directories)
            try await pull(Churn.count(200))
            #expect(before.growth(directories) == [])
            let memory = MachineSnapshot(of: []).memory - before.memory
            #expect(memory < 8192, "\(memory) KiB more")
            Churn.report("\(Churn.count(200)) pulls: \(memory) KiB more memory; \(before)")
        }
    }
}

#endif
