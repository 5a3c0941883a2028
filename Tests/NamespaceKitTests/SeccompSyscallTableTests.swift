// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import NamespaceKit
import Testing

@Suite("The table of system calls")
struct SeccompSyscallTableTests {
    @Test("is sorted, in lines of one length, without double numbers")
    func wellFormed() throws {
        let bytes = Array(SyscallTable.text.utf8)
        #expect(bytes.count % SyscallTable.lineLength == 0)
        var previous: [UInt8] = []
        var seen: Set<[UInt32]> = []
        for start in stride(from: 0, to: bytes.count, by: SyscallTable.lineLength) {
            let line = bytes[start..<(start + SyscallTable.lineLength)]
            #expect(line.last == UInt8(ascii: "\n"))
            let name = Array(line.prefix { $0 != UInt8(ascii: " ") })
            #expect(previous.lexicographicallyPrecedes(name))
            previous = name
            for abi in [SeccompABI.x86_64, .x86, .x32, .aarch64, .arm] {
                guard let number = SyscallTable.number(of: String(decoding: name, as: UTF8.self), for: abi) else {
                    continue
                }
                #expect(seen.insert([UInt32(abi.rawValue), number]).inserted)
            }
        }
        #expect(seen.count > 1900)
    }

    @Test(
        "has the kernel's numbers",
        arguments: [
            ("read", [0, 3, 0x4000_0000, 63, 3] as [UInt32?]), ("rt_sigaction", [13, 174, 0x4000_0200, 134, 174]),
            ("_llseek", [nil, 140, nil, nil, 140]), ("writev", [20, 146, 0x4000_0204, 66, 146]),
            ("set_tls", [nil, nil, nil, nil, 983_045]), ("cachestat", [451, 451, 0x4000_01c3, 451, 451]),
            ("file_setattr", [469, 469, 0x4000_01d5, 469, 469]), ("riscv_hwprobe", [nil, nil, nil, nil, nil]),
            ("socket", [41, 359, 0x4000_0029, 198, 281]), ("uretprobe", [335, nil, 0x4000_014f, nil, nil]),
        ]
    )
    func numbers(name: String, expected: [UInt32?]) {
        let actual = [SeccompABI.x86_64, .x86, .x32, .aarch64, .arm].map { SyscallTable.number(of: name, for: $0) }
        #expect(actual == expected)
    }
}
