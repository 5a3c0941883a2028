// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import LaunchPlan
import Testing

/// One instruction of every kind.
let everyInstruction: [HostInstruction] = [
    .dieWithParent(signal: 9), .hide, .joinNamespaces(slot: 2, flags: 0x4000_0000), .unshare(flags: 0x0200_0000),
    .awaitHost(point: 1), .awaitPlacement, .becomeRoot, .continueInChild, .newSession, .setPropagation(1 << 19),
    .attachRoot(
        source: .slot(0),
        attributes: MountAttributes(set: 1, clear: 2, recursiveSet: 3, recursiveClear: 4),
        place: Array("/bundle/rootfs".utf8)
    ),
    .mountFileSystem(
        type: Array("tmpfs".utf8),
        options: [Array("mode=755".utf8), Array("size=1".utf8)],
        target: .init(path: Array("/dev".utf8), kind: .directory),
        attributes: MountAttributes(set: 2),
        inheritance: [.mode, .content]
    ),
    .bindMount(
        source: .path(Array("/usr".utf8), recursive: true),
        target: .init(path: Array("/usr".utf8), kind: .file),
        attributes: MountAttributes(propagation: 1 << 18, recursivePropagation: 1 << 20)
    ),
    .setMountAttributes(path: Array("/".utf8), attributes: MountAttributes(set: 1)),
    .reconfigure(path: Array("/dev".utf8), options: [Array("size=2".utf8)]),
    .makeDevice(path: Array("/dev/null".utf8), mode: 0o020666, major: 1, minor: 3, uid: 4, gid: 5),
    .makeDirectory(path: Array("/work".utf8), mode: 0o755),
    .makeSymlink(path: Array("/dev/fd".utf8), destination: Array("/proc/self/fd".utf8)),
    .prepareMasks(options: [Array("context=u:r:t:s0".utf8)]),
    .setContext(path: Array("/dev/mqueue".utf8), context: Array("u:r:t:s0".utf8)),
    .mask(path: Array("/proc/kcore".utf8)), .makeReadOnly(path: Array("/proc/sys".utf8)), .pivotRoot,
    .holdRoot(source: .slot(4), attributes: .init(set: 1)), .detachMount(path: Array("/proc".utf8)), .enterRoot,
    .setHostname(Array("box".utf8)), .setDomainname([]), .openProc(slot: 3),
    .writeProcFile(path: [1, 2, 255], value: [0xC3, 0x28]),
    .raiseLoopback, .setResourceLimit(resource: 7, soft: 1, hard: .max), .setPersonality(8),
    .newSessionKeyring(name: Array("_ses".utf8), permissions: 0x8_0000),
    .setScheduler(
        policy: 6,
        flags: 1 << 40,
        nice: UInt32(bitPattern: -7),
        priority: 9,
        runtime: 1 << 33,
        deadline: 1 << 34,
        period: 1 << 35
    ), .setIOPriority(2 << 13 | 5), .setMemoryPolicy(mode: 3 | 1 << 15, nodes: [5, 0, 0, 0, 0, 0, 0, 0]),
    .setAffinity(mask: [0x8f, 0, 0, 0, 0, 0, 0, 0]), .enterDirectory(slot: 4),
    .openTerminal(rows: 24, columns: 80, bindConsole: 1),
    .setUmask(0o022), .dropBoundingSet(keep: 0x1_0000_0001),
    .setUser(uid: 1, gid: 2, groups: [3, 0, 0, 0], setGroups: 1),
    .setCapabilities(effective: 1, permitted: 2, inheritable: 3, ambient: 4), .setNoNewPrivileges,
    .setWorkingDirectory(path: Array("/".utf8), mayBeDenied: 1), .findHome(uid: 7), .ownStreams(uid: 8, hasTerminal: 1),
    .installSeccomp(filter: Array(repeating: 6, count: 8), flags: 2),
    .runHook(
        name: Array("startContainer hook #0".utf8),
        path: Array("/bin/hook".utf8),
        arguments: [Array("hook".utf8), []],
        environment: [],
        input: Array("{".utf8),
        tail: Array("}".utf8),
        timeoutSeconds: 3,
        addsHome: 1
    ),
    .findExecutable(candidates: [Array("/bin/sh".utf8)]), .awaitStart(slot: .max), .closeDescriptors(first: 3),
    .prepareProgram(arguments: [Array("sh".utf8)], environment: [Array("A=b".utf8)]), .announce, .execute,
    .awaitPlan, .placeDescriptors(first: 3, count: 7),
]

@Suite("An encoded plan") struct PlanTests {
    /// Reads a plan back into the host's form.
    private func decode(_ bytes: [UInt8]) throws -> [HostInstruction] {
        try unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return [] }
            var reader = unsafe try PlanReader(base: base, count: buffer.count)
            var instructions: [HostInstruction] = []
            while let instruction = try reader.next() { instructions.append(HostInstruction(instruction, reader)) }
            return instructions
        }
    }

    @Test("says the same after a round trip, for every kind of instruction", .rows("CVE-2021-43784"))
    func roundTrip() throws {
        #expect(try decode(PlanWriter.encode(everyInstruction)) == everyInstruction)
        #expect(Set(everyInstruction.map { $0.opcode.rawValue }).count == 58)
    }

    @Test("is refused when it is cut anywhere", .rows("CVE-2021-43784"))
    func truncation() {
        let bytes = PlanWriter.encode(everyInstruction)
        for count in 1..<bytes.count {
            #expect(throws: PlanReader.PlanError.self, "cut at \(count)") { try decode(Array(bytes.prefix(count))) }
        }
    }

    @Test("is refused when bytes follow it")
    func trailing() {
        #expect(throws: PlanReader.PlanError.self) { try decode(PlanWriter.encode([.hide]) + [0]) }
    }

    @Test("is refused with another magic, another version or an unknown opcode", arguments: [0, 4, 16])
    func header(offset: Int) {
        var bytes = PlanWriter.encode([.hide])
        bytes[offset] = 0xEE
        #expect(throws: PlanReader.PlanError.self) { try decode(bytes) }
    }

    @Test("survives any single damaged byte without leaving its bounds", .rows("crun-a8deee3b", "CVE-2021-43784"))
    func damage() {
        let bytes = PlanWriter.encode(everyInstruction)
        for index in bytes.indices {
            for value in [UInt8(0), 0xFF, bytes[index] ^ 0x80] {
                var damaged = bytes
                damaged[index] = value
                // Either it is refused or it is another valid plan; what counts is that reading it ends.
                _ = try? decode(damaged)
            }
        }
        #expect(throws: Never.self) { try decode(bytes) }
    }

    @Test("describes its steps in words")
    func words() {
        let words = everyInstruction.map(\.description)
        #expect(words.contains("mount tmpfs at /dev (mode=755,size=1) [nosuid] with what is there"))
        #expect(words.contains("bind mount /usr recursively at /usr"))
        #expect(words.contains("make device /dev/null c 1:3"))
        #expect(words.contains("run on processors 0-3,7"))
        #expect(words.contains("set scheduling policy SCHED_DEADLINE"))
        #expect(words.allSatisfy { !$0.isEmpty && !$0.hasPrefix("step ") })
    }
}
