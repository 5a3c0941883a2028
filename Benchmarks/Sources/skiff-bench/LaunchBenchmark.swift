// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Foundation
import NamespaceKit
import OCIRuntime
import OCISpec
import SystemPackage

/// Launches of a bundle's container from this process: create, start, wait, delete.
struct LaunchBenchmark {
    let bundle: FilePath
    let runtime: Runtime
    let configuration: RuntimeConfiguration

    init(bundle: String, state: String) throws {
        self.bundle = FilePath(bundle)
        runtime = Runtime(root: FilePath(state))
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: bundle + "/config.json")))
        configuration = try RuntimeConfiguration(json: bytes)
    }

    /// The time of each launch in milliseconds.
    func run(count: Int) throws -> [Double] {
        var times: [Double] = []
        for index in 0..<count {
            let clock = ContinuousClock()
            let time = try clock.measure {
                let container = try runtime.create("bench-\(index)", configuration: configuration, bundle: bundle)
                try container.start()
                _ = try container.waitBlocking()
                try container.delete()
            }
            times.append(Double(time.components.attoseconds) / 1e15 + Double(time.components.seconds) * 1e3)
        }
        return times
    }

    /// The steps of one launch with their times.
    func trace() throws {
        var options = CreateOptions()
        options.recordsTimes = true
        let container = try runtime.create(
            "bench-trace",
            configuration: configuration,
            bundle: bundle,
            options: options
        )
        try container.start()
        _ = try container.waitBlocking()
        for step in container.stepTimes {
            print(String(format: "%9.1f us  ", Double(step.nanoseconds) / 1e3) + step.step)
        }
        try container.delete()
    }
}
