// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import ContainerInit
import LaunchPlan
import LinuxSystem
import Testing

/// The interpreter as an ordinary library: steps that change nothing about the test process.
@Suite("The interpreter") struct InterpreterTests {
    /// Executes `plan` in this process and returns the failure.
    private func failure(of plan: [HostInstruction]) throws -> Interpreter.StepError? {
        let bytes = PlanWriter.encode(plan)
        var scratch = [UInt8](repeating: 0, count: 8192)
        let socket = try MessageSocket.pair()
        return try unsafe bytes.withUnsafeBufferPointer { buffer in
            try unsafe scratch.withUnsafeMutableBufferPointer { scratch in
                guard let base = buffer.baseAddress, let room = scratch.baseAddress else { return nil }
                var interpreter = unsafe Interpreter(
                    reader: try PlanReader(base: base, count: buffer.count),
                    control: socket.ours.descriptor.rawValue,
                    firstSlot: 1 << 20,
                    scratch: room
                )
                return interpreter.run()
            }
        }
    }

    @Test("stops at a step that fails and says which call it was")
    func notFound() throws {
        let failure = try #require(try failure(of: [.findExecutable(candidates: [Array("/nonexistent/x".utf8)])]))
        #expect(failure.errno == 2)
        #expect(failure.detail == .access)
    }

    @Test("takes a directory for no program")
    func directory() throws {
        let failure = try #require(try failure(of: [.findExecutable(candidates: [Array("/usr".utf8)])]))
        #expect(failure.errno == 21)
    }

    @Test("prefers a program that may be executed to one that may not")
    func order() throws {
        let plan: [HostInstruction] = [
            .findExecutable(candidates: [Array("/etc/passwd".utf8), Array("/bin/sh".utf8)])
        ]
        #expect(try failure(of: plan) == nil)
    }

    @Test("reports a file without permission rather than a missing one")
    func permission() throws {
        let plan: [HostInstruction] = [
            .findExecutable(candidates: [Array("/etc/passwd".utf8), Array("/nonexistent".utf8)])
        ]
        #expect(try failure(of: plan)?.errno == 13)
    }

    @Test("refuses a slot that the host did not pass")
    func slot() throws {
        let failure = try #require(try failure(of: [.joinNamespaces(slot: 7, flags: 0x4000_0000)]))
        #expect(failure.errno == 9)
        #expect(failure.detail == .setns)
    }

    @Test("executes nothing without a program")
    func noProgram() throws {
        #expect(try failure(of: [.execute])?.detail == .plan)
    }
}
