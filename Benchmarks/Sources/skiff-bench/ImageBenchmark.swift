// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import RuntimeCore

/// Runs of an image to its end by the scoped API: container made, launched, captured, removed.
enum ImageBenchmark {
    /// The time of each run, after three to warm up.
    static func run(archive: String, store: String, command: [String], count: Int) async throws -> [Duration] {
        let store = try ContainerStore(at: FilePath(store))
        let image = try store.images.importArchive(at: FilePath(archive))[0].descriptor.digest.description
        var times: [Duration] = []
        for _ in -3..<count {
            let clock = ContinuousClock()
            let start = clock.now
            let result = try await Container.run(image, command, in: store)
            times.append(clock.now - start)
            guard result.exit.isSuccess else { throw Failure(result: result) }
        }
        return Array(times.dropFirst(3))
    }

    private struct Failure: Error { let result: ContainerResult }
}
