// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import CgroupKit
import LinuxSystem
import Testing

@testable import RuntimeCore

@Suite("The reason of an end") struct ExitReasonTests {
    @Test("has the status that shells give it")
    func status() {
        #expect(ExitReason.exited(7).statusCode == 7)
        #expect(ExitReason.signaled(15, coreDumped: false).statusCode == 143)
        #expect(ExitReason.outOfMemory.statusCode == 137)
        #expect(ExitReason.timedOut.statusCode == 137)
        #expect(ExitReason.exited(0).isSuccess)
        #expect(!ExitReason.outOfMemory.isSuccess)
    }

    @Test(
        "is known by words",
        arguments: [
            (ExitReason.exited(1), "exited with status 1"),
            (.signaled(11, coreDumped: true), "ended by signal 11, core dumped"),
            (.outOfMemory, "killed: out of memory"),
        ]
    )
    func words(reason: ExitReason, expected: String) { #expect("\(reason)" == expected) }
}

@Suite("A container's name") struct ContainerNameTests {
    @Test("is made up anew, and is valid")
    func madeUp() {
        #expect(ContainerName.isValid(ContainerName.makeUp()))
        #expect(Set((0..<100).map { _ in ContainerName.makeUp() }).count > 90)
    }

    @Test(
        "may not be what could lead out of a directory",
        .rows("N-01"),
        arguments: ["", ".", "..", ".x", "-x", "a/b", "a b", "ä"]
    )
    func refused(name: String) { #expect(!ContainerName.isValid(name)) }

    @Test("is beside an id of 64 digits")
    func identifier() {
        let id = ContainerName.makeID()
        #expect(id.utf8.count == 64)
        #expect(id.allSatisfy { $0.isHexDigit })
    }
}
