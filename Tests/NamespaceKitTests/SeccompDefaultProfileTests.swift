// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import NamespaceKit
import Testing

@Suite("Docker's default profile")
struct SeccompDefaultProfileTests {
    static let allow = SeccompAction.allow.returnValue
    static let eperm = SeccompAction.error(1).returnValue
    static let enosys = SeccompAction.error(38).returnValue
    static let kill = SeccompAction.killProcess.returnValue

    private func verdict(
        _ name: String,
        _ arguments: [UInt64] = [],
        abi: SeccompABI = .x86_64,
        capabilities: CapabilitySet = .dockerDefault
    ) throws -> UInt32 {
        let native: SeccompArchitecture = abi == .aarch64 || abi == .arm ? .aarch64 : .x86_64
        let program = try SeccompProfile.default(capabilities: capabilities, native: native).compile(for: native)
        let number = try #require(SyscallTable.number(of: name, for: abi))
        var call = SeccompCall(number: number, audit: abi.auditArchitecture)
        for (index, argument) in arguments.enumerated() { call.arguments[index] = argument }
        return try SeccompInterpreter(program.instructions).verdict(call)
    }

    @Test("allows common calls and refuses dangerous ones", arguments: [SeccompABI.x86_64, .x86, .x32, .aarch64, .arm])
    func common(abi: SeccompABI) throws {
        for name in ["read", "write", "execve", "openat", "mmap", "futex", "exit_group", "chroot", "fchmodat2"] {
            let actual = try verdict(SyscallTable.number(of: name, for: abi) == nil ? "mmap2" : name, abi: abi)
            #expect(actual == Self.allow, "\(name)")
        }
        for name in [
            "mount", "umount2", "init_module", "bpf", "perf_event_open", "keyctl", "kexec_load", "reboot", "setns",
            "unshare",
        ] {
            #expect(try verdict(name, abi: abi) == Self.eperm, "\(name)")
        }
    }

    @Test(
        "refuses AF_ALG and AF_VSOCK, also with high bits set",
        arguments: [UInt64(0), 2, 10, 16, 17, 37, 38, 39, 40, 41, 45]
    )
    func sockets(family: UInt64) throws {
        let expected = family == 38 || family == 40 ? Self.eperm : Self.allow
        for abi in [SeccompABI.x86_64, .x86, .x32, .aarch64, .arm] {
            #expect(try verdict("socket", [family], abi: abi) == expected, "\(abi)")
        }
        // Only the low word counts for 32-bit interfaces: a high word does not smuggle a family past the filter.
        #expect(try verdict("socket", [family | 1 << 32], abi: .x86) == expected)
        // socketcall's arguments are out of a filter's sight; 32-bit images need it.
        #expect(try verdict("socketcall", [1], abi: .x86) == Self.allow)
    }

    @Test(
        "allows clone without namespace flags",
        arguments: [
            (UInt64(0x003d_0f00), true), (0x11, true), (0x1000_0000, false), (0x0002_0000, false), (0x4000_0011, false),
            (0x0200_0000, false), (0x1_0000_0011, true), (0x80, true),
        ]
    )
    func clone(flags: UInt64, allowed: Bool) throws {
        for abi in [SeccompABI.x86_64, .x86, .x32, .aarch64, .arm] {
            #expect(try verdict("clone", [flags], abi: abi) == (allowed ? Self.allow : Self.eperm), "\(abi)")
            #expect(try verdict("clone", [flags], abi: abi, capabilities: [CapabilitySet(.sysAdmin)]) == Self.allow)
        }
        #expect(try verdict("clone3") == Self.enosys)
        #expect(try verdict("clone3", capabilities: CapabilitySet(.sysAdmin)) == Self.allow)
    }

    @Test(
        "allows the personalities of Linux",
        arguments: [
            (UInt64(0), true), (8, true), (0x2_0000, true), (0x2_0008, true), (0xffff_ffff, true), (1, false),
            (0x4_0000, false),
            (0x1_0000_0000, false), (0x1_0000_0008, false),
        ]
    )
    func personality(value: UInt64, allowed: Bool) throws {
        #expect(try verdict("personality", [value]) == (allowed ? Self.allow : Self.eperm))
    }

    @Test(
        "adds the calls of each capability",
        arguments: [
            (Capability.sysAdmin, "mount"), (.dacReadSearch, "open_by_handle_at"), (.sysBoot, "reboot"),
            (.sysModule, "init_module"),
            (.sysPacct, "acct"), (.sysPtrace, "kcmp"), (.sysRawIO, "iopl"), (.sysTime, "clock_settime"),
            (.sysTTYConfig, "vhangup"),
            (.sysNice, "mbind"), (.syslog, "syslog"), (.bpf, "bpf"), (.perfmon, "perf_event_open"),
            (.sysChroot, "chroot"),
        ]
    )
    func capability(capability: Capability, name: String) throws {
        #expect(try verdict(name, capabilities: []) == Self.eperm)
        #expect(try verdict(name, capabilities: CapabilitySet(capability)) == Self.allow)
    }

    @Test("answers ENOSYS for calls newer than itself, and kills for architectures it does not know")
    func unknown() throws {
        let program = try SeccompProfile.default(native: .x86_64).compile(for: .x86_64)
        let interpreter = try SeccompInterpreter(program.instructions)
        #expect(interpreter.verdict(SeccompCall(number: 467, audit: SeccompCall.x86_64)) == Self.enosys)
        #expect(interpreter.verdict(SeccompCall(number: 2000, audit: SeccompCall.x86)) == Self.enosys)
        #expect(interpreter.verdict(SeccompCall(number: 0x4000_0400, audit: SeccompCall.x86_64)) == Self.enosys)
        #expect(interpreter.verdict(SeccompCall(number: 0, audit: SeccompCall.aarch64)) == Self.kill)
        #expect(program.unknownNames == [])
    }

    @Test("takes no more instructions than it took", arguments: [(SeccompArchitecture.x86_64, 400), (.aarch64, 300)])
    func size(native: SeccompArchitecture, limit: Int) throws {
        let count = try SeccompProfile.default(native: native).compile(for: native).instructions.count
        #expect(count <= limit)
    }
}
