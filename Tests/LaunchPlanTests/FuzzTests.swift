// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LaunchPlan
import TestSupport
import Testing

@Suite("Fuzzing of plans") struct FuzzTests {
    @Test("A plan is read within its bounds, or refused") func plans() throws {
        let seeds = [PlanWriter.encode(everyInstruction)] + everyInstruction.map { PlanWriter.encode([$0]) }
        try Fuzz.run("plans", seeds: seeds) { input in
            guard !input.isEmpty else { return }
            // In memory of its own, so that a sanitizer sees a read beyond it.
            try unsafe input.withUnsafeBufferPointer { buffer in
                guard let base = buffer.baseAddress,
                    var reader = unsafe try? PlanReader(base: base, count: buffer.count)
                else { return }
                var count = 0
                while let instruction = try? reader.next() {
                    _ = HostInstruction(instruction, reader).description
                    count += 1
                    if count > input.count { throw Fuzz.Broken("more instructions than bytes") }
                }
            }
        }
    }

    @Test("A list of processors is a mask of bounded size, and back") func lists() throws {
        let seeds = ["0", "0-3,7", "64,1-2,2", "4095", "0-4294967295", "0-1,0-1"].map { Array($0.utf8) }
        try Fuzz.run("processors", seeds: seeds) { input in
            guard let mask = IndexMask(list: input) else { return }
            if mask.bytes.count > 1 << 16 { throw Fuzz.Broken("\(mask.bytes.count) bytes") }
            if IndexMask(list: Array(mask.description.utf8))?.description != mask.description {
                throw Fuzz.Broken("unstable")
            }
        }
    }
}
