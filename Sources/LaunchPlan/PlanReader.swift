// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Reads an encoded plan without copying or allocating.
///
/// Checks every length against the plan's end. Anything that does not fit is ``PlanError``: the plan comes from the
/// same build over a sealed file, so that means a bug or an attack, and the init stops.
@safe package struct PlanReader {
    /// The plan's first byte.
    package let base: UnsafePointer<UInt8>
    private let end: Int
    private var position: Int
    private var remaining: UInt32
    /// The opcode of the instruction that was read last; 0 before the first.
    package private(set) var opcode: UInt32 = 0
    /// Whether the host asks for the time after each instruction.
    package let recordsTimes: Bool

    /// The plan is malformed.
    package struct PlanError: Error {}

    /// Checks the header of the plan at `base`.
    package init(base: UnsafePointer<UInt8>, count: Int) throws(PlanError) {
        unsafe self.base = unsafe base
        end = count
        position = 0
        remaining = 0
        guard count >= PlanHeader.size else { throw PlanError() }
        let magic = unsafe Self.load32(base, 0)
        let version = unsafe Self.load32(base, 4)
        recordsTimes = unsafe Self.load32(base, 8) & PlanHeader.recordsTimes != 0
        remaining = unsafe Self.load32(base, 12)
        position = PlanHeader.size
        guard magic == PlanHeader.magic, version == PlanHeader.version,
            remaining <= UInt32(PlanHeader.instructionLimit)
        else { throw PlanError() }
    }

    /// The next instruction, or `nil` after the last.
    package mutating func next() throws(PlanError) -> MappedInstruction? {
        if remaining == 0 {
            guard position == end else { throw PlanError() }
            return nil
        }
        remaining -= 1
        self.opcode = try word()
        guard let opcode = Opcode(rawValue: opcode) else { throw PlanError() }
        let length = Int(try word())
        guard length <= end - position else { throw PlanError() }
        let stop = position + length
        let instruction = try payload(of: opcode)
        guard position == stop else { throw PlanError() }
        return instruction
    }

    /// A NUL-terminated pointer to `text`.
    package func pointer(_ text: MappedText) -> UnsafePointer<CChar> {
        unsafe UnsafeRawPointer(base + text.offset).assumingMemoryBound(to: CChar.self)
    }

    /// Runs `body` with each text of `list`; the list was checked when it was read.
    package func forEach<E: Error>(_ list: MappedList, _ body: (MappedText) throws(E) -> Void) throws(E) {
        var offset = list.offset
        for _ in 0..<list.count {
            let count = Int(unsafe Self.load32(base, offset))
            try body(MappedText(offset: offset + 4, count: count))
            offset += 4 + count + 1
        }
    }

    private mutating func payload(of opcode: Opcode) throws(PlanError) -> MappedInstruction {
        switch opcode {
        case .dieWithParent: .dieWithParent(signal: try small())
        case .hide: .hide
        case .joinNamespaces: .joinNamespaces(slot: try small(), flags: try small())
        case .unshare: .unshare(flags: try small())
        case .awaitHost: .awaitHost(point: try small())
        case .awaitPlacement: .awaitPlacement
        case .becomeRoot: .becomeRoot
        case .continueInChild: .continueInChild
        case .newSession: .newSession
        case .setPropagation: .setPropagation(try integer())
        case .attachRoot: .attachRoot(source: try tree(), attributes: try attributes(), place: try text())
        case .mountFileSystem:
            .mountFileSystem(
                type: try text(),
                options: try list(),
                target: try target(),
                attributes: try attributes(),
                inheritance: Inheritance(rawValue: try small())
            )
        case .bindMount: .bindMount(source: try tree(), target: try target(), attributes: try attributes())
        case .setMountAttributes: .setMountAttributes(path: try text(), attributes: try attributes())
        case .reconfigure: .reconfigure(path: try text(), options: try list())
        case .makeDevice:
            .makeDevice(
                path: try text(),
                mode: try small(),
                major: try small(),
                minor: try small(),
                uid: try small(),
                gid: try small()
            )
        case .makeDirectory: .makeDirectory(path: try text(), mode: try small())
        case .makeSymlink: .makeSymlink(path: try text(), destination: try text())
        case .setContext: .setContext(path: try text(), context: try text())
        case .prepareMasks: .prepareMasks(options: try list())
        case .mask: .mask(path: try text())
        case .makeReadOnly: .makeReadOnly(path: try text())
        case .pivotRoot: .pivotRoot
        case .holdRoot: .holdRoot(source: try tree(), attributes: try attributes())
        case .detachMount: .detachMount(path: try text())
        case .enterRoot: .enterRoot
        default: try laterPayload(of: opcode)
        }
    }

    private mutating func laterPayload(of opcode: Opcode) throws(PlanError) -> MappedInstruction {
        switch opcode {
        case .setHostname: .setHostname(try text())
        case .setDomainname: .setDomainname(try text())
        case .openProc: .openProc(slot: try small())
        case .writeProcFile: .writeProcFile(path: try text(), value: try text())
        case .raiseLoopback: .raiseLoopback
        case .setResourceLimit: .setResourceLimit(resource: try small(), soft: try integer(), hard: try integer())
        case .setPersonality: .setPersonality(try integer())
        case .newSessionKeyring: .newSessionKeyring(name: try text(), permissions: try small())
        case .setScheduler: try scheduler()
        case .setIOPriority: .setIOPriority(try small())
        case .setMemoryPolicy: .setMemoryPolicy(mode: try small(), nodes: try text())
        case .setAffinity: .setAffinity(mask: try text())
        case .enterDirectory: .enterDirectory(slot: try small())
        case .openTerminal: .openTerminal(rows: try small(), columns: try small(), bindConsole: try small())
        case .setUmask: .setUmask(try small())
        case .dropBoundingSet: .dropBoundingSet(keep: try integer())
        case .setUser: try user()
        case .setCapabilities:
            .setCapabilities(
                effective: try integer(),
                permitted: try integer(),
                inheritable: try integer(),
                ambient: try integer()
            )
        case .setNoNewPrivileges: .setNoNewPrivileges
        case .setWorkingDirectory: .setWorkingDirectory(path: try text(), mayBeDenied: try small())
        case .findHome: .findHome(uid: try small())
        case .ownStreams: .ownStreams(uid: try small(), hasTerminal: try small())
        case .installSeccomp: try seccomp()
        case .runHook:
            .runHook(
                name: try text(),
                path: try text(),
                arguments: try list(),
                environment: try list(),
                input: try text(),
                tail: try text(),
                timeoutSeconds: try small(),
                addsHome: try small()
            )
        case .findExecutable: .findExecutable(candidates: try list())
        case .awaitStart: .awaitStart(slot: try small())
        case .closeDescriptors: .closeDescriptors(first: try small())
        case .prepareProgram: .prepareProgram(arguments: try list(), environment: try list())
        case .announce: .announce
        case .execute: .execute
        case .awaitPlan: .awaitPlan
        case .placeDescriptors: .placeDescriptors(first: try small(), count: try small())
        default: throw PlanError()
        }
    }

    private mutating func user() throws(PlanError) -> MappedInstruction {
        let uid = try small()
        let gid = try small()
        let setGroups = try small()
        return .setUser(uid: uid, gid: gid, groups: try text(), setGroups: setGroups)
    }

    private mutating func scheduler() throws(PlanError) -> MappedInstruction {
        .setScheduler(
            policy: try small(),
            flags: try integer(),
            nice: try small(),
            priority: try small(),
            runtime: try integer(),
            deadline: try integer(),
            period: try integer()
        )
    }

    private mutating func seccomp() throws(PlanError) -> MappedInstruction {
        let flags = try small()
        return .installSeccomp(filter: try text(), flags: flags)
    }

    private mutating func tree() throws(PlanError) -> TreeSource<MappedStorage> {
        switch try integer() {
        case 0: .path(try text(), recursive: false)
        case 1: .path(try text(), recursive: true)
        case 2: .slot(try small())
        default: throw PlanError()
        }
    }

    private mutating func target() throws(PlanError) -> MountTarget<MappedStorage> {
        guard let kind = MountTarget<MappedStorage>.Kind(rawValue: try small()) else { throw PlanError() }
        return MountTarget(path: try text(), kind: kind)
    }

    private mutating func attributes() throws(PlanError) -> MountAttributes {
        MountAttributes(
            set: try integer(),
            clear: try integer(),
            recursiveSet: try integer(),
            recursiveClear: try integer(),
            propagation: try integer(),
            recursivePropagation: try integer()
        )
    }

    private mutating func text() throws(PlanError) -> MappedText {
        let count = Int(try word())
        guard count < end - position, unsafe base[position + count] == 0 else { throw PlanError() }
        defer { position += count + 1 }
        return MappedText(offset: position, count: count)
    }

    private mutating func list() throws(PlanError) -> MappedList {
        let count = Int(try word())
        let start = position
        for _ in 0..<count { _ = try text() }
        return MappedList(offset: start, count: count)
    }

    private mutating func small() throws(PlanError) -> UInt32 {
        let value = try integer()
        guard value <= UInt64(UInt32.max) else { throw PlanError() }
        return UInt32(truncatingIfNeeded: value)
    }

    private mutating func integer() throws(PlanError) -> UInt64 {
        let low = UInt64(try word())
        return low | UInt64(try word()) << 32
    }

    private mutating func word() throws(PlanError) -> UInt32 {
        guard end - position >= 4 else { throw PlanError() }
        defer { position += 4 }
        return unsafe Self.load32(base, position)
    }

    private static func load32(_ base: UnsafePointer<UInt8>, _ offset: Int) -> UInt32 {
        unsafe UnsafeRawPointer(base + offset).loadUnaligned(as: UInt32.self)
    }
}
