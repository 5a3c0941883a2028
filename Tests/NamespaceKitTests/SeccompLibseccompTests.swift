// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import NamespaceKit
import Testing

@Suite(
    "A program and libseccomp's",
    .enabled(if: SeccompOracle.isAvailable, "needs cc and libseccomp-dev"),
    .serialized
)
struct SeccompLibseccompTests {
    @Test("give the same verdicts for docker's profile", arguments: [CapabilitySet.dockerDefault, .all(upTo: 40), []])
    func dockerDefault(capabilities: CapabilitySet) throws {
        let oracle = try SeccompOracle()
        var profile = SeccompProfile.default(capabilities: capabilities)
        // Names newer than the installed libseccomp say nothing about it.
        // map_shadow_stack came to x32 later than to x86_64.
        let unknown = try oracle.ask(profile).unknownNames.union(["map_shadow_stack"])
        for index in profile.rules.indices { profile.rules[index].names.removeAll(where: unknown.contains) }
        try compare(profile, oracle, samples: SeccompSamples(seed: 1))
        try oracle.remove()
    }

    @Test("give the same verdicts for profiles made at random")
    func random() throws {
        let oracle = try SeccompOracle()
        let all = DefaultSyscalls.everywhere
        let unknown = try oracle.ask(.default()).unknownNames.union(["map_shadow_stack"])
        let names =
            all.filter { !unknown.contains($0) } + ["socket", "clone", "personality", "mount", "socketcall", "ipc"]
        let choices: [[SeccompArchitecture]] = [
            [.x86_64], [.x86_64, .x86], [.x86_64, .x32], [.x86_64, .x86, .x32], [.x86_64, .aarch64, .arm],
        ]
        for seed in UInt64(1)...200 {
            var samples = SeccompSamples(seed: seed)
            let pool = (0..<12).map { _ in samples.pick(names) }
            let profile = samples.plainProfile(names: pool, architectures: samples.pick(choices))
            try compare(profile, oracle, samples: samples)
        }
        try oracle.remove()
    }

    private func compare(_ profile: SeccompProfile, _ oracle: SeccompOracle, samples: SeccompSamples) throws {
        var samples = samples
        var answer = try oracle.ask(profile)
        if profile.architectures.contains(.x86) {
            // libseccomp has no number for calls that it counts as parts of socketcall and ipc.
            answer.highest[.x86] = profile.rules.flatMap(\.names).compactMap { SyscallTable.number(of: $0, for: .x86) }
                .max()
        }
        let program = try profile.compile(for: .x86_64)
        #expect(program.unknownNames == [])
        let ours = try SeccompInterpreter(program.instructions)
        let theirs = try SeccompInterpreter(answer.program)
        #expect(answer.rejected == [])
        let values = profile.rules.flatMap(\.conditions).flatMap { [$0.value, $0.valueTwo] }
        // Behind socketcall and ipc, rules with conditions are stricter here than there.
        let conditioned = Set(profile.rules.filter { !$0.conditions.isEmpty }.flatMap(\.names))
        let skipsSocketCall = SeccompModel.socketCalls.contains(where: conditioned.contains)
        let skipsIPC = SeccompModel.ipcCalls.keys.contains(where: conditioned.contains)
        let refuses = ![0x7fff_0000, 0x7ffc_0000, 0x7ff0_0007].contains(profile.defaultAction.returnValue)
        let abis: [SeccompABI] = [.x86_64, .x86, .x32, .aarch64, .arm]
        let tested = Set(
            [102, 117] + conditioned.flatMap { name in abis.compactMap { SyscallTable.number(of: name, for: $0) } }
        )
        var wrong = 0
        for audit in [SeccompCall.x86_64, SeccompCall.x86, SeccompCall.aarch64, SeccompCall.arm, 0x8000_0016] {
            for number in SeccompSamples.numbers {
                if audit == SeccompCall.x86 && (number == 102 && skipsSocketCall || number == 117 && skipsIPC) {
                    continue
                }
                // Where runc's stub answers before libseccomp's program: see the model.
                let named = highest(audit, number, answer)
                let newer = refuses && named.map { number > $0 } ?? false
                for round in 0..<(tested.contains(number) ? 40 : 1) {
                    var call = SeccompCall(number: number, audit: audit)
                    call.arguments = samples.arguments(near: values)
                    if audit == SeccompCall.x86, [102, 117].contains(number) { call.arguments[0] = UInt64(round) }
                    let expected = newer ? SeccompAction.error(38).returnValue : theirs.verdict(call)
                    if ours.verdict(call) != expected {
                        wrong += 1
                        if wrong < 3 { record(call, ours.verdict(call), expected, profile) }
                    }
                }
            }
        }
        #expect(wrong == 0)
    }

    /// Records a wrong verdict with the rules that concern the call.
    private func record(_ call: SeccompCall, _ verdict: UInt32, _ expected: UInt32, _ profile: SeccompProfile) {
        let abis: [SeccompABI] = [.x86_64, .x86, .x32, .aarch64, .arm]
        let rules = profile.rules.filter { rule in
            rule.names.contains { name in abis.contains { SyscallTable.number(of: name, for: $0) == call.number } }
        }
        let model = (try? SeccompModel(profile, native: .x86_64))?.verdict(call) ?? 0
        let verdicts = [verdict, expected, model].map { String($0, radix: 16) }
        Issue.record("\(call): here, libseccomp, model: \(verdicts); default \(profile.defaultAction); \(rules)")
    }

    /// The highest number the rules name for what a call is, if it is a call of an architecture in the filter.
    private func highest(_ audit: UInt32, _ number: UInt32, _ answer: SeccompOracle.Answer) -> UInt32? {
        switch audit {
        case SeccompCall.x86_64 where number >= 0x4000_0000: answer.highest[.x32]
        case SeccompCall.x86_64: answer.highest[.x86_64]
        case SeccompCall.x86: answer.highest[.x86]
        case SeccompCall.aarch64: answer.highest[.aarch64]
        case SeccompCall.arm: answer.highest[.arm]
        default: nil
        }
    }
}
