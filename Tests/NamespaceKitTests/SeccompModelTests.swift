// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import NamespaceKit
import Testing

@Suite("A program and its profile, read rule by rule,")
struct SeccompModelTests {
    @Test("agree for every profile", arguments: [1, 5, 40, 300], [SeccompArchitecture.x86_64, .aarch64])
    func agree(rules: Int, native: SeccompArchitecture) throws {
        for seed in UInt64(1)...12 {
            var samples = SeccompSamples(seed: seed &+ UInt64(rules) << 8)
            let names =
                (0..<max(4, rules / 3)).map { _ in samples.pick(DefaultSyscalls.everywhere) } + ["socketcall", "ipc"]
            let choices: [[SeccompArchitecture]] = [[], native.family, [.x86_64, .x32, .x86, .arm, .aarch64]]
            let profile = samples.profile(names: names, architectures: samples.pick(choices), rules: rules)
            let program = try profile.compile(for: native)
            let interpreter = try SeccompInterpreter(program.instructions)
            let model = try SeccompModel(profile, native: native)
            let values = profile.rules.flatMap(\.conditions).flatMap { [$0.value, $0.valueTwo] }
            let abis: [SeccompABI] = [.x86_64, .x86, .x32, .aarch64, .arm]
            let named = Set(names.flatMap { name in abis.compactMap { SyscallTable.number(of: name, for: $0) } })
            var wrong: [SeccompCall] = []
            for audit in [SeccompCall.x86_64, SeccompCall.x86, SeccompCall.aarch64, SeccompCall.arm, 0x8000_0016] {
                for number in SeccompSamples.numbers + [.max] {
                    for round in 0..<(named.contains(number) ? 8 : 1) {
                        var call = SeccompCall(number: number, audit: audit)
                        call.arguments = samples.arguments(near: values)
                        if audit == SeccompCall.x86, [102, 117].contains(number) {
                            call.arguments[0] = UInt64(samples.next(below: 26) | round << 16)
                        }
                        if interpreter.verdict(call) != model.verdict(call) { wrong.append(call) }
                    }
                }
            }
            #expect(wrong.first == nil, "\(wrong.count) calls, seed \(seed)")
        }
    }
}
