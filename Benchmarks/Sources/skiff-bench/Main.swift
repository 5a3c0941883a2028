// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Foundation
import NamespaceKit
import OCIRuntime
import OCISpec

/// The part of the benchmarks that has to be in one process with the libraries. `Benchmarks/run` calls it; it prints
/// JSON: times in milliseconds, in the order they were measured.
@main struct Main {
    static let usage = """
        usage: skiff-bench launch BUNDLE STATE COUNT HEAP-MIB   create, start, wait, delete, from a host of that size
               skiff-bench pool BUNDLE STATE COUNT              the same from a pool with one waiting
               skiff-bench parallel BUNDLE STATE COUNT WIDTH    the same on WIDTH threads
               skiff-bench exec BUNDLE STATE COUNT              processes added to a running container
               skiff-bench crowd BUNDLE STATE COUNT             launches beside COUNT containers, and what those cost
               skiff-bench trace BUNDLE STATE                   the steps of one launch
               skiff-bench run ARCHIVE STORE COUNT COMMAND…     runs of an image by the scoped API
               skiff-bench unpack LAYER MEDIA-TYPE DIGEST DIFF-ID DIRECTORY    one layer into an empty directory
               skiff-bench profile                              docker's filter as linux.seccomp of a configuration
               skiff-bench filter FILE                          docker's filter as the kernel takes it
        """

    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch (arguments.first, arguments.count) {
        case ("launch", 5):
            let ballast = Ballast(mebibytes: try number(arguments[4]))
            let benchmark = try LaunchBenchmark(bundle: arguments[1], state: arguments[2])
            _ = try benchmark.launches(count: 3)
            try show(try benchmark.launches(count: try number(arguments[3])))
            precondition(ballast.sum > 0)
        case ("pool", 4):
            let benchmark = try LaunchBenchmark(bundle: arguments[1], state: arguments[2])
            try write(try benchmark.pooled(count: try number(arguments[3])))
        case ("parallel", 5):
            let benchmark = try LaunchBenchmark(bundle: arguments[1], state: arguments[2])
            _ = try benchmark.launches(count: 3)
            let width = try number(arguments[4])
            try show(try await benchmark.parallel(width: width, count: try number(arguments[3])))
        case ("exec", 4):
            let benchmark = try LaunchBenchmark(bundle: arguments[1], state: arguments[2])
            try show(Array(try benchmark.execs(count: try number(arguments[3]) + 3).dropFirst(3)))
        case ("crowd", 4):
            let benchmark = try LaunchBenchmark(bundle: arguments[1], state: arguments[2])
            _ = try benchmark.launches(count: 3)
            try write(try benchmark.crowd(count: try number(arguments[3])))
        case ("trace", 3):
            let benchmark = try LaunchBenchmark(bundle: arguments[1], state: arguments[2])
            _ = try benchmark.launches(count: 3)
            try write(try benchmark.trace())
        case ("run", 5...):
            let count = try number(arguments[3])
            let command = Array(arguments[4...])
            try show(
                try await ImageBenchmark.run(archive: arguments[1], store: arguments[2], command: command, count: count)
            )
        case ("unpack", 6):
            try write(
                try UnpackBenchmark.run(
                    layer: arguments[1],
                    mediaType: arguments[2],
                    digest: arguments[3],
                    diffID: arguments[4],
                    directory: arguments[5]
                )
            )
        case ("profile", 1):
            print(String(decoding: LinuxSeccomp(.default()).json(), as: UTF8.self))
        case ("filter", 2):
            try Data(SeccompProfile.default().compile().bytes).write(to: URL(fileURLWithPath: arguments[1]))
        default:
            FileHandle.standardError.write(Data((usage + "\n").utf8))
            exit(2)
        }
    }

    private static func number(_ word: String) throws -> Int {
        guard let number = Int(word), number > 0 else { throw WrongNumber(word: word) }
        return number
    }

    private struct WrongNumber: Error { let word: String }

    private static func show(_ times: [Duration]) throws { try write(times.map(\.milliseconds)) }

    private static func write(_ value: some Encodable) throws {
        print(String(decoding: try JSONEncoder().encode(value), as: UTF8.self))
    }
}

/// Memory that is really there, so that a launch from a large host is measured.
struct Ballast {
    private var bytes: [UInt8]

    init(mebibytes: Int) {
        // Every page is written to.
        bytes = [UInt8](repeating: 1, count: mebibytes << 20)
    }

    /// Something that depends on the memory, so that it is kept until here.
    var sum: Int { Int(bytes[bytes.count - 1]) + bytes.count }
}
