// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import NamespaceKit
import Testing

@Suite("A set of capabilities")
struct CapabilitySetTests {
    @Test("has a bit for each capability")
    func bits() {
        var set = CapabilitySet([.chown, .sysAdmin])
        #expect(set.rawValue == 0x20_0001)
        #expect(set.contains(.sysAdmin))
        #expect(!set.contains(.kill))
        set.insert(.kill)
        set.remove(.chown)
        #expect(set.capabilities == [.kill, .sysAdmin])
    }

    @Test(
        "holds what a kernel has",
        arguments: [
            (UInt8(0), UInt64(1)), (37, 0x3f_ffff_ffff), (40, 0x1ff_ffff_ffff), (63, .max), (64, .max), (255, .max),
        ]
    )
    func all(last: UInt8, bits: UInt64) {
        #expect(CapabilitySet.all(upTo: last).rawValue == bits)
    }

    @Test("has docker's fourteen as default")
    func dockerDefault() {
        #expect(CapabilitySet.dockerDefault.rawValue == 0xa804_25fb)
        #expect(CapabilitySet.dockerDefault.capabilities.count == 14)
    }

    @Test("describes itself by names")
    func description() {
        #expect(CapabilitySet(rawValue: 1 << 50 | 2).description == "[CAP_DAC_OVERRIDE, 50]")
        #expect(CapabilitySet().description == "[]")
    }
}
