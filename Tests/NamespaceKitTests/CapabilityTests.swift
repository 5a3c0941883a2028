// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import NamespaceKit
import Testing

@Suite("A capability")
struct CapabilityTests {
    @Test(
        "has the kernel's number and name",
        arguments: [
            (Capability.chown, 0, "CAP_CHOWN"), (.dacReadSearch, 2, "CAP_DAC_READ_SEARCH"),
            (.setpcap, 8, "CAP_SETPCAP"),
            (.sysAdmin, 21, "CAP_SYS_ADMIN"), (.setfcap, 31, "CAP_SETFCAP"),
            (.checkpointRestore, 40, "CAP_CHECKPOINT_RESTORE"),
        ]
    )
    func names(capability: Capability, number: UInt8, name: String) {
        #expect(capability.rawValue == number)
        #expect(capability.name == name)
        #expect(Capability(name: Array(name.utf8)) == capability)
    }

    @Test(
        "is found by its exact name only",
        arguments: ["", "CAP_", "CHOWN", "cap_chown", "CAP_CHOWN ", "CAP_EVERYTHING"]
    )
    func unknown(name: String) {
        #expect(Capability(name: Array(name.utf8)) == nil)
    }

    @Test("exists 41 times, without gaps")
    func count() {
        #expect(Capability.allCases.map(\.rawValue) == Array(0...40))
        #expect(Set(Capability.allCases.map(\.name)).count == 41)
        #expect(Capability.last.rawValue == 40)
    }
}
