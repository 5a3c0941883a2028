// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import RuntimeCore

/// The same container many times, one after the other.
struct Repetition {
    let store: ContainerStore

    /// How often.
    private let count = 20

    /// Runs them, and prints the least and the median time from creation to removal.
    func show() async throws {
        let times = try await Page.step("\(count) containers, one by one") {
            var times: [Duration] = []
            for _ in 0..<count {
                let begin = ContinuousClock.now
                let result = try await Container.run(DemoImage.reference, ["/bin/probe", "true"], in: store)
                times.append(ContinuousClock.now - begin)
                guard result.exit.isSuccess else { throw DemoFailure("the probe \(result.exit)") }
            }
            return times.sorted()
        } detail: {
            "each \(Text.milliseconds($0[0])) at least, \(Text.milliseconds($0[count / 2])) in the middle"
        }
        guard times.count == count else { throw DemoFailure("not all of them ran") }
    }
}
