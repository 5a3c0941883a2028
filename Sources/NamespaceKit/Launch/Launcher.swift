// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LaunchPlan
package import LinuxSystem
internal import SystemPackage

/// Spawns the sealed init with a plan and speaks with it until the program runs.
package struct Launcher: ~Copyable, Sendable {
    /// The standard streams of the program.
    package struct Streams: Sendable {
        package var input: SharedDescriptor
        package var output: SharedDescriptor
        package var errors: SharedDescriptor

        package init(input: SharedDescriptor, output: SharedDescriptor, errors: SharedDescriptor) {
            self.input = input
            self.output = output
            self.errors = errors
        }
    }

    /// What the host does while the init waits. Called on the spawning thread.
    package struct Actions {
        /// Puts the process into its control groups.
        package var place: ((Int32) throws -> Void)?
        /// Runs the host's hooks.
        package var runHooks: ((Int32) throws -> Void)?
        /// Hands the listener of the process's filter to who answers for it. Until this returns the process waits.
        package var handOver: ((borrowing OwnedFileDescriptor, Int32) throws -> Void)?

        package init(
            place: ((Int32) throws -> Void)? = nil,
            runHooks: ((Int32) throws -> Void)? = nil,
            handOver: ((borrowing OwnedFileDescriptor, Int32) throws -> Void)? = nil
        ) {
            self.place = place
            self.runHooks = runHooks
            self.handOver = handOver
        }
    }

    var prepared: PreparedLaunch
    let control: MessageSocket
    private(set) var process: ProcessHandle
    private(set) var terminal: OwnedFileDescriptor?
    private(set) var seccompListener: OwnedFileDescriptor?
    private var times: [UInt64] = []
    private let spawnedAt: Int64
    /// How many reports have arrived.
    private(set) var reportCount = 0

    /// Spawns the init and brings it to the point where it waits for the start.
    ///
    /// - Parameters:
    ///   - prepared: The plan and what belongs to it.
    ///   - streams: The program's standard streams.
    ///   - preserved: Descriptors that the program gets as 3, 4, …
    ///   - cgroup: The cgroup v2 directory that the process is born in.
    ///   - actions: What the host does on the way.
    ///   - recordsTimes: Whether the time of each step is recorded.
    /// - Returns: The process, which waits for its start.
    /// - Throws: ``NamespaceError``, or what an action threw. The process is gone then.
    package static func launch(
        _ prepared: PreparedLaunch,
        streams: Streams,
        preserved: [SharedDescriptor] = [],
        cgroup: SharedDescriptor?,
        actions: Actions = Actions(),
        recordsTimes: Bool = false
    ) throws -> LaunchedProcess {
        var launcher = try Launcher(
            prepared,
            streams: streams,
            preserved: preserved,
            cgroup: cgroup,
            recordsTimes: recordsTimes
        )
        do {
            try launcher.placeAtOnce(actions)
            try launcher.serve(until: .ready, actions: actions)
        } catch {
            launcher.abandon()
            throw error
        }
        return launcher.finish()
    }

    init(
        _ prepared: PreparedLaunch,
        streams: Streams,
        preserved: [SharedDescriptor],
        cgroup: SharedDescriptor?,
        recordsTimes: Bool
    ) throws(NamespaceError) {
        self.prepared = prepared
        let opened = try Self.open(
            prepared,
            streams: streams,
            preserved: preserved,
            cgroup: cgroup,
            recordsTimes: recordsTimes
        )
        spawnedAt = opened.spawnedAt
        process = opened.process
        control = opened.control
    }

    /// A spawned init and the connection to it.
    private struct Opened: ~Copyable {
        let process: ProcessHandle
        let control: MessageSocket
        let spawnedAt: Int64
    }

    private static func open(
        _ prepared: PreparedLaunch,
        streams: Streams,
        preserved: [SharedDescriptor],
        cgroup: SharedDescriptor?,
        recordsTimes: Bool
    ) throws(NamespaceError) -> Opened {
        do throws(SystemCallError) {
            let plan = try OwnedFileDescriptor.memory(name: "skiff-plan")
            try plan.write(PlanWriter.encode(prepared.instructions, recordsTimes: recordsTimes))
            try plan.seal()
            let pair = try MessageSocket.pair()
            let front = [streams.input, streams.output, streams.errors] + preserved
            var sources = front.map { $0.descriptor.rawValue }
            sources += [pair.theirs.descriptor.rawValue, plan.rawValue]
            sources += prepared.slots.map { $0.descriptor.rawValue }
            let spawnedAt = clinux_monotonic_nanoseconds()
            let spawned = try ThreadAffinity.during(prepared.initialAffinity) { () throws(SystemCallError) in
                try spawn(
                    flags: prepared.cloneFlags,
                    cgroup: cgroup?.descriptor.rawValue ?? -1,
                    sources: sources,
                    first: front.count
                )
            }
            // The numbers were good until here because these are alive.
            withExtendedLifetime((front, cgroup, prepared)) {}
            extendLifetime(plan)
            let process = ProcessHandle(
                takingOver: OwnedFileDescriptor(takingOver: spawned.pidfd),
                processID: spawned.processID
            )
            return Opened(process: process, control: pair.takeOurs(), spawnedAt: spawnedAt)
        } catch {
            throw spawnError(error)
        }
    }

    /// Takes the init through its reports up to `last`.
    mutating func serve(until last: Report.Kind, actions: Actions) throws {
        while true {
            var message = try receive()
            guard let report = Report(message: message.bytes[...]) else { throw ended() }
            reportCount += 1
            switch report.kind {
            case .failed:
                throw Self.failure(report, in: prepared.instructions, message.bytes, printed: message.descriptor.take())
            case .reached:
                try act(at: report.detail, actions)
                try proceed()
            case .child:
                guard let pidfd = message.descriptor.take() else { throw ended() }
                try adopt(pidfd)
            case .terminal: terminal = message.descriptor.take()
            case .seccompListener:
                try handOver(number: CInt(bitPattern: report.detail), actions)
                try proceed()
            case .times: times = Self.times(of: message.bytes)
            case .ready, .executing, .prepared: break
            }
            if report.kind == last { return }
        }
    }

    /// Puts the process into its control groups while the init goes on, if that is planned so.
    mutating func placeAtOnce(_ actions: Actions) throws {
        guard prepared.isPlacedAtOnce else { return }
        do {
            try act(at: PreparedLaunch.placementPoint, actions)
            try proceed()
        } catch {
            // An init that has failed meanwhile cannot be placed; then its own words count.
            if (try? control.isReadable) == true { try serve(until: .ready, actions: Actions()) }
            throw error
        }
    }

    /// Does what the host does where the init waits at `point`.
    private func act(at point: UInt32, _ actions: Actions) throws {
        switch point {
        case PreparedLaunch.placementPoint:
            if let place = actions.place { try place(process.processID) }
            if let score = prepared.oomScoreAdjustment { try setOutOfMemoryScore(score) }
            if let mappings = prepared.mappings { try UserMapper.write(mappings, for: process.processID) }
        case PreparedLaunch.clocksPoint: try ClockSetter.write(prepared.clockOffsets, for: process.processID)
        case PreparedLaunch.devicesPoint:
            try NetworkDeviceMover.move(prepared.networkDevices, into: process.processID)
        case PreparedLaunch.hooksPoint:
            if let runHooks = actions.runHooks { try runHooks(process.processID) }
        default: throw NamespaceError(.systemCall, step: "the container's init waits at point \(point)")
        }
    }

    private func setOutOfMemoryScore(_ score: [UInt8]) throws(NamespaceError) {
        do throws(SystemCallError) {
            try RootDirectory(at: FilePath("/proc/\(process.processID)")).writeFile("oom_score_adj", score)
        } catch {
            throw NamespaceError(
                .systemCall,
                step: "set the container's oom_score_adj",
                cause: error,
                hint: error.errno == .permissionDenied ? "lowering it needs CAP_SYS_RESOURCE" : nil
            )
        }
    }

    /// Fetches the filter's listener from the init, which waits, and hands it on.
    private mutating func handOver(number: CInt, _ actions: Actions) throws {
        let pidfd = process.descriptor.rawValue
        let listener: OwnedFileDescriptor
        do throws(SystemCallError) {
            listener = OwnedFileDescriptor(
                takingOver: try systemCall("pidfd_getfd") { clinux_pidfd_getfd(pidfd, number) }
            )
        } catch { throw NamespaceError("fetch the seccomp listener from the container's init", error) }
        if let handOver = actions.handOver {
            try handOver(listener, process.processID)
        } else {
            seccompListener = consume listener
        }
    }

    private func receive() throws(NamespaceError) -> MessageSocket.Message {
        let message: MessageSocket.Message
        do throws(SystemCallError) { message = try control.receive() } catch {
            throw NamespaceError("talk to the container's init", error)
        }
        if message.bytes.isEmpty { throw ended() }
        return message
    }

    private func proceed() throws(NamespaceError) {
        do throws(SystemCallError) { try control.send([1]) } catch {
            throw NamespaceError("talk to the container's init", error)
        }
    }

    /// The init goes on in a child of ours; the first process is done and is reaped.
    private mutating func adopt(_ pidfd: consuming OwnedFileDescriptor) throws(NamespaceError) {
        do throws(SystemCallError) {
            let processID = try ProcessInformation.processID(of: pidfd)
            _ = try process.reap()
            process = ProcessHandle(takingOver: pidfd, processID: processID)
        } catch { throw NamespaceError("follow the init into its pid namespace", error) }
    }

    private func ended() -> NamespaceError {
        NamespaceError(
            .ended,
            step: "the container's init ended before it was ready",
            hint:
                "it may have been killed from outside or for lack of memory, see the kernel log; or its seccomp profile, "
                + "which asks a supervisor, refuses it a call"
        )
    }

    /// Ends the process after a failure and reaps it.
    borrowing func abandon() {
        // Already gone is as good.
        try? process.send(signal: CLINUX_SIGKILL)
        _ = try? process.reap()
    }

    consuming func finish() -> LaunchedProcess {
        LaunchedProcess(
            process: process,
            control: control,
            terminal: terminal,
            seccompListener: seccompListener,
            plan: prepared.instructions,
            spawnedAt: spawnedAt,
            times: times
        )
    }
}
