// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Foundation
import Testing

/// Feeds mutations of good and of hostile inputs to a parser, which must keep its invariants and never trap.
///
/// A run without `SKIFF_FUZZ_SECONDS` is short and the same every time; with it (`make fuzz`), every target runs that long
/// from a seed that is printed. The input that is being tried is in `$SKIFF_FUZZ_INPUTS/TARGET` while it is tried, so that one
/// that ends the process is there afterwards: make it a named test.
package enum Fuzz {
    /// Runs one target.
    ///
    /// - Parameters:
    ///   - target: Its name, one word.
    ///   - seeds: Inputs to begin with.
    ///   - tokens: What is put in at random places, beside what every format dislikes.
    ///   - rounds: How often it is tried when no time is given.
    ///   - check: Tries one input; an error that it throws is a finding.
    /// - Throws: When the input cannot be kept. Findings are recorded as issues.
    package static func run(
        _ target: String,
        seeds: [[UInt8]],
        tokens: [String] = [],
        rounds: Int = 1000,
        _ check: ([UInt8]) throws -> Void
    ) throws {
        let seconds = Environment.value(of: "SKIFF_FUZZ_SECONDS").flatMap(Int.init)
        let seed = seconds == nil ? 1 : UInt64.random(in: 1 ... .max)
        var mutator = Mutator(seeds: seeds, tokens: tokens, seed: seed)
        let file = try seconds.map { _ in try keep(target) }
        defer { if let file { try? file.close() } }
        let end = Date().addingTimeInterval(TimeInterval(seconds ?? 0))
        var round = 0
        while seconds == nil ? round < rounds : Date() < end {
            let input = round < seeds.count ? seeds[round] : mutator.next()
            if let file {
                try file.truncate(atOffset: 0)
                try file.write(contentsOf: input)
            }
            do { try check(input) } catch {
                Issue.record("\(target), seed \(seed), round \(round): \(error)\n\(Data(input).base64EncodedString())")
                return
            }
            round += 1
        }
        if seconds != nil { print("fuzz: \(target): \(round) inputs, seed \(seed)") }
    }

    private static func keep(_ target: String) throws -> FileHandle {
        let directory = Environment.value(of: "SKIFF_FUZZ_INPUTS") ?? NSTemporaryDirectory()
        let path = "\(directory)/\(target)"
        guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path)
        else { throw CocoaError(.fileWriteUnknown) }
        return file
    }

    /// What a target says when an invariant does not hold.
    package struct Broken: Error, CustomStringConvertible {
        package let description: String
        package init(_ description: String) { self.description = description }
    }
}
