// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import RuntimeCore

/// Runs of an image to its end by the scoped API: container made, launched, captured, removed.
enum ImageBenchmark {
    /// The time of each run in milliseconds, after three to warm up.
    static func run(archive: String, store: String, command: [String], count: Int) async throws -> [Double] {
        let store = try ContainerStore(at: FilePath(store))
        let image = try store.images.importArchive(at: FilePath(archive))[0].descriptor.digest.description
        var times: [Double] = []
        for index in -3..<count {
            let clock = ContinuousClock()
            let start = clock.now
            let result = try await Container.run(image, command, in: store)
            let time = clock.now - start
            guard result.exit.isSuccess else { throw Failure(result: result) }
            if index >= 0 {
                times.append(Double(time.components.attoseconds) / 1e15 + Double(time.components.seconds) * 1e3)
            }
        }
        return times
    }

    private struct Failure: Error { let result: ContainerResult }
}
