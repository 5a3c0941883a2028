// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LaunchPlan
package import LinuxSystem
internal import SystemPackage

/// A launch in two parts.
extension Launcher {
    /// Spawns the init and has it execute the front of a plan.
    ///
    /// - Parameters:
    ///   - front: What `PlanBuilder.prepareFront` computed.
    ///   - null: The standard streams until the rest brings the program's own: `/dev/null`, open for both.
    ///   - cgroup: The cgroup v2 directory that the process is born in.
    ///   - actions: What the host does on the way.
    ///   - recordsTimes: Whether the time of each step is recorded.
    /// - Returns: The launcher, whose init waits for the rest. It dies with the calling thread, and when this value goes
    ///   away; then it is still to be reaped, as ``discard()`` does.
    /// - Throws: ``NamespaceError``, or what an action threw. The process is gone then.
    package static func prepare(
        _ front: PreparedLaunch,
        null: SharedDescriptor,
        cgroup: SharedDescriptor?,
        actions: Actions = Actions(),
        recordsTimes: Bool = false
    ) throws -> Launcher {
        var launcher = try Launcher(
            front,
            streams: Streams(input: null, output: null, errors: null),
            preserved: [],
            cgroup: cgroup,
            recordsTimes: recordsTimes
        )
        do {
            try launcher.placeAtOnce(actions)
            try launcher.serve(until: .prepared, actions: actions)
        } catch {
            launcher.abandon()
            throw error
        }
        // The init has its own copies of them.
        launcher.prepared.slots = []
        return launcher
    }

    /// Gives the init the rest of its plan and brings it to the point where it waits for the start.
    ///
    /// - Parameters:
    ///   - rest: What `PlanBuilder.prepareRest` computed.
    ///   - streams: The program's standard streams; without a meaning when it has a terminal.
    ///   - preserved: Descriptors that the program gets as 3, 4, …
    ///   - actions: What the host does on the way.
    /// - Returns: The process, which waits for its start.
    /// - Throws: ``PreparedProcessDied`` when it had died before; ``NamespaceError``, or what an action threw. The process
    ///   is gone then.
    package consuming func complete(
        _ rest: PreparedLaunch,
        streams: Streams,
        preserved: [SharedDescriptor],
        actions: Actions = Actions()
    ) throws -> LaunchedProcess {
        prepared.instructions += rest.instructions
        let before = reportCount
        do {
            try send(rest, [streams.input, streams.output, streams.errors], preserved)
            try serve(until: .ready, actions: actions)
        } catch {
            abandon()
            // Without a word from it, it has done nothing of the rest that anybody could have noticed.
            if reportCount == before, (error as? NamespaceError)?.meansDeath == true { throw PreparedProcessDied() }
            throw error
        }
        return finish()
    }

    /// The number of the process.
    package var processID: Int32 { process.processID }

    /// Whether the init still waits.
    package var isAlive: Bool { (try? process.hasEnded()) == false }

    /// Kills the init without waiting for its end.
    package func kill() {
        // Already gone is as good.
        try? process.send(signal: 9)
    }

    /// Ends the init and reaps it.
    package consuming func discard() { abandon() }

    private func send(
        _ rest: PreparedLaunch,
        _ streams: [SharedDescriptor],
        _ preserved: [SharedDescriptor]
    ) throws(NamespaceError) {
        do throws(SystemCallError) {
            let plan = try OwnedFileDescriptor.memory(name: "skiff-plan")
            try plan.write(PlanWriter.encode(rest.instructions))
            try plan.seal()
            let own = (Int(rest.firstSlot) > preserved.count ? streams : []) + preserved
            let all = own + rest.slots
            let numbers = [plan.rawValue] + all.map { $0.descriptor.rawValue }
            let count = UInt32(numbers.count)
            try control.send((0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }, passing: numbers)
            withExtendedLifetime(all) {}
            extendLifetime(plan)
        } catch { throw NamespaceError("give a prepared container the rest of its plan", error) }
    }
}

extension NamespaceError {
    /// Whether an init is gone without a word.
    package var meansDeath: Bool {
        code == .ended || cause?.errno == .brokenPipe || cause?.errno == .connectionReset
    }
}

/// A process that waited for the rest of its plan has ended before it got it.
package struct PreparedProcessDied: Error {}
