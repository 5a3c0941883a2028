// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Translates a profile to a program.
///
/// The program loads the architecture, then the call's number, and finds the number's range by binary search; at the
/// end of the search is a return, or a block that looks at arguments. x86_64 and x32 have the same audit architecture
/// and share one search: x32's numbers are the range from bit 30 on.
struct SeccompCompiler {
    private let profile: SeccompProfile
    private let abis: [SeccompABI]
    private var cases: [SeccompCase] = []
    /// Per interface: the number in the upper half, the index of its case in the lower; sorted, that is the order of
    /// rules.
    private var entries: [[UInt64]] = Array(repeating: [], count: SeccompABI.count)
    private var highest: [UInt32?] = Array(repeating: nil, count: SeccompABI.count)
    private var unknownNames: [String] = []
    private var notifies = false
    private var assembler = BPFAssembler()
    private var blocks: [(block: Block, label: BPFAssembler.Label)] = []

    /// What a block of argument tests is made from; equal ones are shared.
    private struct Block: Equatable {
        let cases: [SeccompCase]
        let wide: Bool
    }

    /// What calls above all known numbers get: `ENOSYS`.
    private static var notImplemented: UInt32 { SeccompAction.error(38).returnValue }

    init(_ profile: SeccompProfile, native: SeccompArchitecture) throws(SeccompError) {
        if profile.defaultAction == .notify {
            throw SeccompError(.notifyByDefault, subject: SeccompAction.notify.ociName)
        }
        var abis: [SeccompABI] = []
        for architecture in [native] + profile.architectures {
            // No process of this machine makes calls of an architecture that only has this endianness in common.
            if architecture != native && architecture.isLittleEndian && !SeccompABI.isKnown(architecture) { continue }
            let abi = try SeccompABI(architecture)
            if !abis.contains(abi) { abis.append(abi) }
        }
        self.profile = profile
        self.abis = abis
    }

    mutating func program() throws(SeccompError) -> SeccompProgram {
        try resolve()
        assemble()
        let length = assembler.count
        if length > SeccompProgram.maximumLength { throw SeccompError(.programTooLong, subject: "\(length)") }
        return SeccompProgram(instructions: assembler.instructions, flags: flags, unknownNames: unknownNames)
    }

    /// The kernel refuses `WAIT_KILLABLE_RECV` without a listener, and `TSYNC` with one unless failures are told as
    /// `ESRCH`.
    private var flags: SeccompFlags {
        var flags = profile.flags
        if !notifies {
            flags.remove(.waitKillable)
            return flags
        }
        flags.insert(.newListener)
        if flags.contains(.synchronizeThreads) { flags.insert(.synchronizeThreadsWithESRCH) }
        return flags
    }

    // MARK: Names to numbers

    private mutating func resolve() throws(SeccompError) {
        let text = SyscallTable.text
        let table = text.utf8Span.span
        for rule in profile.rules {
            for condition in rule.conditions where condition.index > 5 {
                throw SeccompError(.argumentIndexOutOfRange, subject: "\(condition.index)")
            }
            let index = cases.count
            cases.append(SeccompCase(conditions: rule.conditions, action: rule.action.returnValue))
            for name in rule.names {
                guard let line = SyscallTable.line(of: name.utf8Span.span, in: table) else {
                    if !unknownNames.contains(name) { unknownNames.append(name) }
                    continue
                }
                add(rule, line: line, in: table, caseIndex: index)
            }
        }
        for abi in abis { entries[abi.rawValue].sort() }
    }

    private mutating func add(
        _ rule: SeccompRule,
        line: Int,
        in table: Span<UInt8>,
        caseIndex: Int
    ) {
        let effective = rule.action != profile.defaultAction
        for abi in abis {
            if let number = SyscallTable.number(atLine: line, for: abi, in: table) {
                highest[abi.rawValue] = max(number, highest[abi.rawValue] ?? 0)
                if effective { append(number, caseIndex, for: abi, rule.action) }
            }
            if abi == .x86 && effective, let route = SeccompMultiplexer.route(toLine: line, in: table) {
                if !rule.conditions.isEmpty && rule.action.isPermissive { continue }
                cases.append(SeccompCase(conditions: [route.condition], action: rule.action.returnValue))
                append(route.number, cases.count - 1, for: abi, rule.action)
            }
        }
    }

    private mutating func append(_ number: UInt32, _ caseIndex: Int, for abi: SeccompABI, _ action: SeccompAction) {
        entries[abi.rawValue].append(UInt64(number) << 32 | UInt64(caseIndex))
        if action == .notify { notifies = true }
    }

    // MARK: Numbers to instructions

    private mutating func assemble() {
        var audited: [UInt32] = []
        for abi in abis where !audited.contains(abi.auditArchitecture) { audited.append(abi.auditArchitecture) }
        // From the end: the native architecture comes last, so that its jump is short.
        var entryPoints: [(UInt32, BPFAssembler.Label)] = []
        for architecture in audited.reversed() {
            let ranges = ranges(of: architecture)
            entryPoints.append((architecture, assembler.load(0, then: assembler.search(ranges))))
        }
        var next = assembler.returning(SeccompAction.killProcess.returnValue)
        for (architecture, entry) in entryPoints {
            next = assembler.branch(BPFInstruction.jumpIfEqual, architecture, ifTrue: entry, ifFalse: next)
        }
        _ = assembler.load(4, then: next)
    }

    private mutating func ranges(of auditArchitecture: UInt32) -> [BPFRange] {
        var ranges: [BPFRange] = []
        guard auditArchitecture == SeccompABI.x86_64.auditArchitecture else {
            for abi in abis where abi.auditArchitecture == auditArchitecture { add(abi, from: 0, to: &ranges) }
            return ranges
        }
        let kill = BPFRange.Outcome.returning(SeccompAction.killProcess.returnValue)
        if abis.contains(.x86_64) { add(.x86_64, from: 0, to: &ranges) } else { add(kill, from: 0, to: &ranges) }
        if abis.contains(.x32) {
            add(.x32, from: SeccompABI.x32Bit, to: &ranges)
        } else {
            add(kill, from: SeccompABI.x32Bit, to: &ranges)
            // A tracer sets -1 to skip a call; that is no x32 call.
            add(.returning(profile.defaultAction.returnValue), from: .max, to: &ranges)
        }
        return ranges
    }

    /// Appends the ranges of an interface whose numbers start at `start`.
    private mutating func add(_ abi: SeccompABI, from start: UInt32, to ranges: inout [BPFRange]) {
        let otherwise = BPFRange.Outcome.returning(profile.defaultAction.returnValue)
        add(otherwise, from: start, to: &ranges)
        let entries = entries[abi.rawValue]
        var index = 0
        while index < entries.count {
            let number = UInt32(truncatingIfNeeded: entries[index] >> 32)
            var end = index + 1
            while end < entries.count && entries[end] >> 32 == UInt64(number) { end += 1 }
            let outcome = outcome(of: entries[index..<end], wide: abi.hasWideArguments)
            add(outcome, from: number, to: &ranges)
            add(otherwise, from: number + 1, to: &ranges)
            index = end
        }
        // As with runc, a profile that names no call but the first has not looked at any.
        if let highest = highest[abi.rawValue], highest > 0, !profile.defaultAction.letsUnknownCallsRun {
            add(.returning(Self.notImplemented), from: highest + 1, to: &ranges)
        }
    }

    /// Appends a range, in place of one with the same start, and joined to one with the same outcome.
    private func add(_ outcome: BPFRange.Outcome, from start: UInt32, to ranges: inout [BPFRange]) {
        if let last = ranges.last, last.start == start { ranges.removeLast() }
        if let last = ranges.last, last.outcome == outcome { return }
        ranges.append(BPFRange(start: start, outcome: outcome))
    }

    /// What a call gets: the first case without conditions decides, else its cases in order.
    private mutating func outcome(of entries: ArraySlice<UInt64>, wide: Bool) -> BPFRange.Outcome {
        var normalized: [SeccompCase] = []
        for entry in entries {
            let one = cases[Int(entry & 0xffff_ffff)].normalized(wide: wide)
            if one.conditions.isEmpty { return .returning(one.action) }
            normalized.append(one)
        }
        let block = Block(cases: normalized, wide: wide)
        if let known = blocks.first(where: { $0.block == block }) { return .at(known.label) }
        let label = assembler.decide(normalized, otherwise: profile.defaultAction.returnValue, wide: wide)
        blocks.append((block, label))
        return .at(label)
    }
}
