// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import NamespaceKit
import Testing

@Suite("The cache of compiled filters")
struct SeccompProgramCacheTests {
    private func profile(_ number: UInt16) -> SeccompProfile {
        SeccompProfile(defaultAction: .allow, rules: [SeccompRule(names: ["mkdir"], action: .error(number))])
    }

    @Test("gives what compiling gives, for each profile and architecture its own")
    func equality() throws {
        let cache = SeccompProgramCache()
        for number in UInt16(1)...3 {
            for native in [SeccompArchitecture.x86_64, .aarch64] {
                for _ in 0..<2 {
                    let program = try cache.program(of: profile(number), for: native)
                    #expect(program == (try profile(number).compile(for: native)))
                }
            }
        }
        #expect(cache.count == 6)
    }

    @Test("keeps those that are used and never more than its capacity")
    func bound() throws {
        let cache = SeccompProgramCache(capacity: 3)
        for number in UInt16(1)...50 {
            _ = try cache.program(of: profile(1))
            _ = try cache.program(of: profile(number))
            #expect(cache.count <= 3)
        }
        #expect(cache.count == 3)
        #expect(SeccompProgramCache(capacity: 0).capacity == 1)
    }

    @Test("keeps no failure")
    func failure() {
        let cache = SeccompProgramCache()
        let wrong = SeccompProfile(defaultAction: .notify)
        #expect(throws: SeccompError.self) { try cache.program(of: wrong) }
        #expect(cache.count == 0)
    }

    @Test("gives many threads at once the right programs")
    func concurrency() async throws {
        let cache = SeccompProgramCache(capacity: 4)
        let expected = try (UInt16(1)...8).map { try profile($0).compile() }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<200 {
                let number = index % 8
                let wanted = profile(UInt16(number + 1))
                group.addTask { try cache.program(of: wanted) == expected[number] }
            }
            for try await isRight in group { #expect(isRight) }
        }
        #expect(cache.count <= 4)
    }
}
