// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

// Grades a program that nobody trusts: each test has an input and the output that is expected. Limits of memory, processes,
// processor time, wall clock and output are enforced by the kernel, and each verdict says which of them was met.
//
//     code-grader STORE IMAGE SUBMISSION TESTS      TESTS has 1.in, 1.out, 2.in, 2.out, …

internal import Glibc
internal import RuntimeCore

/// What a grader says of one test.
enum Verdict: String {
    case accepted, wrongAnswer, runtimeError, memoryLimit, timeLimit, outputLimit

    /// Compares how the program ended and what it wrote with what is expected.
    init(_ result: ContainerResult, expected: String) {
        switch result.exit {
        case .exited(0): self = result.output == expected ? .accepted : .wrongAnswer
        case .exited, .signaled: self = .runtimeError
        case .outOfMemory: self = .memoryLimit
        case .timedOut, .processorTimeExceeded: self = .timeLimit
        case .outputLimitExceeded: self = .outputLimit
        }
    }
}

@main
enum CodeGrader {
    static func main() async {
        do { try await grade() } catch { fail("\(error)") }
    }

    private static func grade() async throws {
        let words = CommandLine.arguments
        guard words.count == 5 else {
            fail("usage: code-grader STORE IMAGE SUBMISSION TESTS", status: 2)
        }
        let store = try ContainerStore(at: FilePath(words[1]))
        var number = 1
        while let input = file("\(words[4])/\(number).in"), let expected = file("\(words[4])/\(number).out") {
            let result = try await run(words[3], on: input, image: words[2], in: store)
            let verdict = Verdict(result, expected: String(decoding: expected, as: UTF8.self))
            let memory = (result.usage.peakMemory ?? 0) >> 20
            print("\(number): \(verdict.rawValue), \(result.exit), \(memory) MiB, \(result.usage.userTime)")
            number += 1
        }
        if number == 1 { fail("\(words[4]) has no 1.in and 1.out") }
    }

    /// Runs a submission on one input: it sees the image, itself read-only, and nothing else.
    private static func run(
        _ submission: String,
        on input: [UInt8],
        image: String,
        in store: ContainerStore
    ) async throws -> ContainerResult {
        try await Container.run(image, ["/submission"], in: store) {
            $0.mounts = [.bind(source: submission, destination: "/submission", readOnly: true)]
            $0.user = "65534:65534"
            $0.readOnlyRoot = true
            $0.input = .bytes(input)
            $0.limits.memory = 64 << 20
            $0.limits.pids = 16
            $0.processorTime = .seconds(2)
            $0.timeout = .seconds(10)
            $0.captureLimit = 1 << 20
        }
    }

    private static func file(_ path: String) -> [UInt8]? {
        guard let file = try? FileDescriptor.open(FilePath(path), .readOnly) else { return nil }
        defer { try? file.close() }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while let count = try? unsafe buffer.withUnsafeMutableBytes({ try unsafe file.read(into: $0) }), count > 0 {
            content += buffer[..<count]
        }
        return content
    }
}

/// Ends the program with a line that says why.
func fail(_ message: String, status: Int32 = 1) -> Never {
    _ = try? FileDescriptor.standardError.writeAll("code-grader: \(message)\n".utf8)
    exit(status)
}
