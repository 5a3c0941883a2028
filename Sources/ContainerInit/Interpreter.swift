// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
#if !SKIFF_SEALED
package import LaunchPlan
#endif

/// Executes a launch plan inside the container, from after `clone3` to `execve`.
///
/// This is the only code of ours that runs in a container's namespaces. It allocates nothing but two mappings, calls
/// no library, and makes system calls only. Every descriptor it opens is close-on-exec.
@safe package struct Interpreter {
    var reader: PlanReader
    /// The socket to the host.
    var control: CInt
    /// The first descriptor that the host passed for the plan.
    let firstSlot: CInt
    /// The descriptors that came with the plan's rest, in the order of its slots; `nil` before it has come.
    var passed: UnsafeMutablePointer<CInt>?
    /// How many there are.
    var passedCount: UInt32 = 0
    /// The future root, once attached.
    var root: CInt = -1
    /// The file system that masks are taken from.
    var masks: CInt = -1
    /// Our own procfs.
    var proc: CInt = -1
    /// The program found by `findExecutable`.
    var program: MappedText?
    /// Its arguments, followed by its environment, made by `prepareProgram`.
    var vectors: UnsafeMutablePointer<UnsafePointer<CChar>?>?
    /// Where the environment starts in `vectors`.
    var environmentStart = 0
    /// `HOME=` and a path, found by `findHome`.
    var home: UnsafePointer<CChar>?
    /// Whether the working directory is the program's.
    var hasWorkingDirectory = false
    /// What the hook that failed has printed, and its name; the report of the failure has both.
    var hookOutput: CInt = -1
    var hookName: MappedText?
    /// Two path buffers, each of `Self.pathCapacity` bytes.
    let scratch: UnsafeMutablePointer<UInt8>
    /// Index of the running instruction.
    var index: UInt32 = 0

    static var pathCapacity: Int { 4096 }

    /// A step that failed: the error number, and which of the step's system calls it was.
    package struct StepError: Error {
        package let errno: CInt
        package let detail: StepDetail

        package init(_ errno: CInt, _ detail: StepDetail) {
            self.errno = errno
            self.detail = detail
        }
    }

    /// Prepares to execute the plan of `reader`.
    ///
    /// - Parameters:
    ///   - reader: The plan.
    ///   - control: The socket to the host.
    ///   - firstSlot: The number of the first descriptor that the plan names.
    ///   - scratch: At least 8192 bytes that live as long as the interpreter.
    package init(reader: PlanReader, control: CInt, firstSlot: CInt, scratch: UnsafeMutablePointer<UInt8>) {
        self.reader = reader
        self.control = control
        self.firstSlot = firstSlot
        unsafe self.scratch = unsafe scratch
    }

    /// Executes the whole plan. Returns the step's error when one fails; with `execute` last it does not return
    /// otherwise.
    package mutating func run() -> StepError? {
        var times = TimeRecorder(enabled: reader.recordsTimes)
        while true {
            do throws(PlanReader.PlanError) {
                guard let instruction = try reader.next() else { return nil }
                do throws(StepError) {
                    if case .announce = instruction { times.send(on: control) }
                    try execute(instruction)
                } catch {
                    return error
                }
            } catch {
                return StepError(CLINUX_EPROTO, .plan)
            }
            times.record()
            index += 1
        }
    }

    mutating func execute(_ instruction: MappedInstruction) throws(StepError) {
        switch instruction {
        case .dieWithParent(let signal):
            try check(clinux_prctl(CLINUX_PR_SET_PDEATHSIG, UInt(signal), 0, 0, 0), .prctl)
        case .hide: try check(clinux_prctl(CLINUX_PR_SET_DUMPABLE, 0, 0, 0, 0), .prctl)
        case .joinNamespaces(let slot, let flags):
            try check(clinux_setns(descriptor(slot), CInt(bitPattern: flags)), .setns)
        case .unshare(let flags): try check(clinux_unshare(CInt(bitPattern: flags)), .unshare)
        case .awaitHost(let point): try awaitHost(.reached, detail: point)
        case .awaitPlacement: try awaitWord()
        case .becomeRoot: try becomeRoot()
        case .continueInChild: try continueInChild()
        case .newSession: try newSession()
        case .setPropagation, .attachRoot, .mountFileSystem, .bindMount, .setMountAttributes, .reconfigure, .makeDevice,
            .makeDirectory, .makeSymlink, .setContext, .prepareMasks, .mask, .makeReadOnly, .pivotRoot, .holdRoot,
            .detachMount, .enterRoot:
            try executeMount(instruction)
        case .setHostname, .setDomainname, .openProc, .writeProcFile, .raiseLoopback, .setResourceLimit,
            .newSessionKeyring, .enterDirectory, .openTerminal, .setUmask:
            try executeSurroundings(instruction)
        case .setPersonality, .setScheduler, .setIOPriority, .setMemoryPolicy, .setAffinity:
            try executeScheduling(instruction)
        case .dropBoundingSet, .setUser, .setCapabilities, .setNoNewPrivileges, .setWorkingDirectory, .installSeccomp,
            .findHome, .ownStreams:
            try executeIdentity(instruction)
        case .runHook(let name, let path, let arguments, let environment, let input, let tail, let timeout, let home):
            let hook = Hook(
                name: name,
                path: path,
                arguments: arguments,
                environment: environment,
                timeout: timeout,
                addsHome: home != 0
            )
            try run(hook, input: input, tail: tail)
        case .findExecutable, .awaitStart, .closeDescriptors, .prepareProgram, .announce, .execute:
            try executeEnd(instruction)
        case .awaitPlan: try awaitPlan()
        case .placeDescriptors(let first, let count): try placeDescriptors(first, count)
        }
    }

    /// The descriptor that the host passed as `slot`.
    func descriptor(_ slot: UInt32) -> CInt {
        guard let passed = unsafe passed else { return firstSlot + CInt(truncatingIfNeeded: slot) }
        return slot < passedCount ? unsafe passed[Int(slot)] : -1
    }

    /// Turns a negated error number into a ``StepError``.
    @discardableResult
    func check<Value: FixedWidthInteger & SignedInteger>(
        _ result: Value,
        _ detail: StepDetail
    ) throws(StepError) -> Value {
        if result < 0 { throw StepError(CInt(truncatingIfNeeded: -result), detail) }
        return result
    }

    /// Reports the failure that ends the plan; of a hook, its name follows and what it has printed comes along.
    func report(_ failure: StepError) {
        let detail = failure.detail.rawValue | reader.opcode << 16
        let report = Report(.failed, instruction: index, errno: UInt32(bitPattern: failure.errno), detail: detail)
        guard let hookName else {
            // Nobody may be there to hear it; then the exit status says it.
            try? send(report)
            return
        }
        let words: [4 of UInt32] = [report.kind.rawValue, report.instruction, report.errno, report.detail]
        let count = min(hookName.count, Self.pathCapacity)
        let name = unsafe UnsafeRawPointer(reader.pointer(hookName)).assumingMemoryBound(to: UInt8.self)
        let room = unsafe UnsafeMutableRawPointer(scratch)
        for position in 0..<4 {
            unsafe room.storeBytes(of: words[position], toByteOffset: 4 * position, as: UInt32.self)
        }
        for position in 0..<count { unsafe scratch[Report.size + position] = unsafe name[position] }
        _ = unsafe clinux_send_fd(control, scratch, Report.size + count, hookOutput)
    }

    /// Sends a report, with a descriptor if `passing` is not negative.
    func send(_ report: Report, passing: CInt = -1) throws(StepError) {
        var words: [4 of UInt32] = [report.kind.rawValue, report.instruction, report.errno, report.detail]
        let control = control
        let sent = unsafe withUnsafePointer(to: &words) { unsafe clinux_send_fd(control, $0, Report.size, passing) }
        try check(sent, .send)
    }

    /// Reports a point and waits for the host's byte. The host's end means that it is gone: so are we.
    func awaitHost(_ kind: Report.Kind, detail: UInt32) throws(StepError) {
        try send(Report(kind, instruction: index, detail: detail))
        try awaitWord()
    }

    /// Waits for the host's byte.
    func awaitWord() throws(StepError) {
        var word: UInt8 = 0
        while true {
            let count = unsafe clinux_read(control, &word, 1)
            if count == 1 { return }
            if count == 0 { clinux_exit_group(1) }
            if count != -Int(CLINUX_EINTR) { try check(count, .read) }
        }
    }
}
