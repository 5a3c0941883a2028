// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Foundation
import NamespaceKit
import OCIRuntime
import OCISpec

/// Memory that is really there, so that a launch from a large host is measured.
struct Ballast {
    private var bytes: [UInt8]

    init(mebibytes: Int) {
        bytes = []
        bytes.reserveCapacity(max(1, mebibytes) << 20)
        // Every page is written to.
        for index in 0..<bytes.capacity { bytes.append(UInt8(truncatingIfNeeded: index)) }
    }

    /// Something that depends on the memory, so that it is kept until here.
    var sum: Int { Int(bytes.last ?? 0) + bytes.count }
}

/// `skiff-bench launch BUNDLE STATE COUNT HEAP-MIB`: prints one time in milliseconds a line.
/// `skiff-bench trace BUNDLE STATE`: prints the steps of one launch.
/// `skiff-bench run ARCHIVE STORE COUNT COMMAND…`: runs an image, with the scoped API; one time in milliseconds a line.
/// `skiff-bench seccomp`: prints docker's default filter as `linux.seccomp` of a configuration.
/// `skiff-bench unpack LAYER MEDIA-TYPE DIRECTORY`: unpacks a layer into an existing, empty directory.
@main struct Main {
    static func main() async throws {
        let arguments = CommandLine.arguments
        switch arguments.dropFirst().first {
        case "launch" where arguments.count == 6:
            let ballast = Ballast(mebibytes: Int(arguments[5]) ?? 10)
            let benchmark = try LaunchBenchmark(bundle: arguments[2], state: arguments[3])
            _ = try benchmark.run(count: 3)
            for time in try benchmark.run(count: Int(arguments[4]) ?? 50) { print(time) }
            precondition(ballast.sum > 0)
        case "trace" where arguments.count == 4:
            try LaunchBenchmark(bundle: arguments[2], state: arguments[3]).trace()
        case "unpack" where arguments.count == 5:
            try UnpackBenchmark.run(layer: arguments[2], mediaType: arguments[3], directory: arguments[4])
        case "run" where arguments.count >= 6:
            let times = try await ImageBenchmark.run(
                archive: arguments[2],
                store: arguments[3],
                command: Array(arguments[5...]),
                count: Int(arguments[4]) ?? 50
            )
            for time in times { print(time) }
        case "seccomp" where arguments.count == 2:
            print(String(decoding: LinuxSeccomp(.default()).json(), as: UTF8.self))
        default:
            print(
                "usage: skiff-bench launch BUNDLE STATE COUNT HEAP-MIB | trace BUNDLE STATE | run ARCHIVE STORE COUNT COMMAND… | seccomp | unpack LAYER TYPE DIR"
            )
            exit(2)
        }
    }
}
