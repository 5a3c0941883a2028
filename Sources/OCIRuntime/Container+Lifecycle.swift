// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
public import CgroupKit
internal import LinuxSystem
internal import Logging
internal import NamespaceKit
internal import OCISpec
internal import SystemPackage

extension Container {
    /// Starts the program of a created container.
    ///
    /// Returns when the program runs and the `poststart` hooks have ended.
    ///
    /// - Throws: ``RuntimeError``: `wrongState`, `executableNotFound`, `executableNotPermitted`, `hookFailed` (the
    ///   container is killed then), `launchFailed`.
    public func start() throws(RuntimeError) {
        let directory = try openState()
        let lock = try directory.lock()
        let stored = try snapshot(directory)
        try check(.start, stored)
        let hooks = stored.lacksLaterHooks == true ? nil : try directory.configuration().hooks?.poststart
        let socket = try giveStart(directory, stored)
        do throws(NamespaceError) {
            note(times: try StartConversation.follow(socket, plan: [], label: describedProcess?.label))
        } catch {
            let program = describedProcess?.args?.first ?? ""
            // What it started before, by its hooks, goes with it. The first error counts.
            try? end(stored)
            throw RuntimeError(error, container: id, program: program)
        }
        try directory.noteStarted()
        runtime.trace("init: closing the pipe to signal completion; the program runs", container: id)
        if let hooks { try runPoststart(hooks, stored) }
        extendLifetime(lock)
    }

    private func giveStart(
        _ directory: borrowing StateDirectory,
        _ stored: StoredState
    ) throws(RuntimeError) -> MessageSocket {
        do throws(SystemCallError) {
            let socket = try MessageSocket.connect(in: directory.directory, name: StateDirectory.startSocket)
            try socket.send([1])
            return socket
        } catch {
            switch error.errno {
            case .connectionRefused:
                // A start that died between the program's first instruction and its record left the socket behind. A
                // killed init lets go of it a moment before it has ended.
                try directory.noteStarted()
                if let handle = try handle(of: stored), (try? handle.waitForEnd(milliseconds: 100)) != true {
                    throw RuntimeError(.wrongState, "cannot start an already running container", container: id)
                }
            case .brokenPipe, .connectionReset: break
            default: throw RuntimeError("give the start to the container's init", error, container: id)
            }
            throw RuntimeError(
                .launchFailed,
                "start the container: its init is gone",
                container: id,
                cause: error,
                hint: "it was killed while it waited for the start"
            )
        }
    }

    /// The container's first process, for the words of errors; what cannot be read is left out of them.
    private var describedProcess: RuntimeConfiguration.Process? {
        (try? openState().execConfiguration())?.process
    }

    private func runPoststart(_ hooks: [RuntimeConfiguration.Hook], _ stored: StoredState) throws(RuntimeError) {
        let runner = HookRunner(container: id, bundle: FilePath(stored.record.bundle))
        do throws(RuntimeError) {
            try runner.run(hooks, "poststart", input: state(.running, stored).json())
        } catch {
            // A failing poststart hook fails the container (runtime-spec 1.3). The first error counts.
            try? end(stored)
            throw error
        }
    }

    func state(_ status: ContainerState.Status, _ stored: StoredState) -> ContainerState {
        ContainerState(
            ociVersion: Runtime.specificationVersion,
            id: id,
            status: status,
            pid: status == .stopped ? nil : stored.record.pid,
            bundle: stored.record.bundle,
            annotations: stored.record.annotations
        )
    }

    /// Sends a signal to the container's process, or to all its processes.
    ///
    /// - Parameters:
    ///   - signal: The signal's number.
    ///   - all: Whether every process in the container's control group gets it.
    /// - Throws: ``RuntimeError``: `wrongState` ("container not running").
    public func kill(signal: Int32, all: Bool = false) throws(RuntimeError) {
        let directory = try openState()
        let stored = try snapshot(directory)
        // Without a pid namespace of its own, the others would outlive the first process, whether it is there or not.
        var takesAll = all
        // While it is being created, its configuration may not be written yet.
        if signal == CLINUX_SIGKILL && !all && stored.record.status != .creating {
            takesAll = try !hasOwnProcessNumbers(directory)
        }
        if takesAll, let group = try cgroup(of: stored) {
            try signalAll(signal, in: group)
            return
        }
        try check(.kill, stored)
        let handle = try handle(of: stored)
        do throws(SystemCallError) { try handle?.send(signal: signal) } catch {
            if error.errno == .noSuchProcess {
                throw RuntimeError(.wrongState, "container not running", container: id)
            }
            throw RuntimeError("send signal \(signal)", error, container: id)
        }
    }

    private func hasOwnProcessNumbers(_ directory: borrowing StateDirectory) throws(RuntimeError) -> Bool {
        let namespaces = try directory.execConfiguration().linux?.namespaces ?? []
        return namespaces.contains { $0.type == .pid && $0.path.nonEmptyBytes == nil }
    }

    private func signalAll(_ signal: Int32, in group: Cgroup) throws(RuntimeError) {
        do throws(CgroupError) {
            if signal == CLINUX_SIGKILL {
                try group.kill()
                return
            }
            for processID in try group.processIDs {
                // A process that ended meanwhile needs no signal.
                try? ProcessHandle(processID: processID).send(signal: signal)
            }
        } catch { throw RuntimeError(error, container: id) }
    }

    /// What the kernel counts for the container's control group.
    ///
    /// - Throws: ``RuntimeError``: `notFound`, `cgroupFailed` when it has no group.
    public func statistics() throws(RuntimeError) -> CgroupStatistics {
        guard let group = try cgroup(of: try snapshot(try openState())) else {
            throw RuntimeError(.cgroupFailed, "the container has no control group", container: id)
        }
        do throws(CgroupError) { return try group.statistics } catch { throw RuntimeError(error, container: id) }
    }

    /// Freezes all processes of the container.
    ///
    /// - Throws: ``RuntimeError``: `wrongState`; `cgroupFailed` when they cannot be frozen in time, and then they run.
    public func pause() throws(RuntimeError) { try setFrozen(true) }

    /// Lets the processes of a paused container go on.
    ///
    /// - Throws: ``RuntimeError``: `wrongState` ("container not paused").
    public func resume() throws(RuntimeError) { try setFrozen(false) }

    private func setFrozen(_ frozen: Bool) throws(RuntimeError) {
        let directory = try openState()
        let lock = try directory.lock()
        let stored = try snapshot(directory)
        try check(frozen ? .pause : .resume, stored)
        guard let group = try cgroup(of: stored) else {
            throw RuntimeError(.cgroupFailed, "the container has no control group to freeze", container: id)
        }
        do throws(CgroupError) {
            if frozen { try group.freeze() } else { try group.thaw() }
        } catch { throw RuntimeError(error, container: id) }
        extendLifetime(lock)
    }

    /// Removes a stopped container: its control group, its state, and runs its `poststop` hooks.
    ///
    /// - Parameter force: Whether a running container is killed first, and whether what a crash has left is removed.
    /// - Throws: ``RuntimeError``: `notFound`, `wrongState`. A failing `poststop` hook is logged only.
    public func delete(force: Bool = false) throws(RuntimeError) {
        let root = try runtime.openRoot(orThrow: id)
        let directory = try StateDirectory.open(id, in: root)
        let lock = try directory.lock()
        let stored: StoredState
        do throws(RuntimeError) { stored = try snapshot(directory) } catch {
            guard force, error.code == .corruptState else { throw error }
            try directory.remove()
            extendLifetime(lock)
            return
        }
        switch LifecycleMachine(status: stored.record.status).action(for: .delete(force: force)) {
        case .refuse(let words): throw RuntimeError(.wrongState, words, container: id)
        case .endFirst: try end(stored)
        case .proceed: break
        }
        reapIfOwn()
        AbandonedProcesses.shared.reap()
        try removeGroup(stored)
        removeResourceControl(stored)
        runPoststop(directory, stored)
        try directory.remove()
        extendLifetime(lock)
    }

    /// Kills the container's process and waits until it has ended.
    private func end(_ stored: StoredState) throws(RuntimeError) {
        let group = try cgroup(of: stored)
        guard let handle = try handle(of: stored) else {
            // What it left behind without a pid namespace of its own.
            try? group?.kill()
            return
        }
        do throws(SystemCallError) {
            try handle.send(signal: CLINUX_SIGKILL)
            // A frozen process dies when it is thawed; the group's kill does that.
            try? group?.kill()
            _ = try handle.waitForEnd(milliseconds: 10_000)
        } catch {
            if error.errno != .noSuchProcess { throw RuntimeError("end the container's process", error, container: id) }
        }
    }

    private func removeGroup(_ stored: StoredState) throws(RuntimeError) {
        // Most groups are empty by now. systemd removes what it made itself.
        if stored.unit == nil, try removeUnusedGroup(of: stored) { return }
        let group = try cgroup(of: stored)
        do throws(CgroupError) {
            // What the container left behind without a pid namespace of its own.
            if let group, try !group.processIDs.isEmpty { try group.kill() }
            if let unit = stored.unit { stop(unit, isUser: stored.isUnitOfUser == true) }
            // systemd has removed what it made.
            try group?.remove()
        } catch { throw RuntimeError(error, container: id) }
    }

    /// Makes systemd forget the unit. Without processes it has ended already, so a systemd that does not answer must
    /// not keep the container from being deleted.
    private func stop(_ unit: String, isUser: Bool) {
        do throws(CgroupError) { try SystemdPlacement.manager(isUser: isUser).stop(unit) } catch {
            runtime.logger?.warning(
                "stopping the systemd unit failed",
                metadata: ["container.id": "\(id)", "error": "\(error)"]
            )
        }
    }

    private func removeResourceControl(_ stored: StoredState) {
        for left in ResourceControlTree.remove((stored.resourceControlMade ?? []).map { FilePath($0) }) {
            runtime.logger?.warning(
                "resctrl group could not be removed",
                metadata: ["container.id": "\(id)", "path": "\(left)"]
            )
        }
    }

    private func runPoststop(_ directory: borrowing StateDirectory, _ stored: StoredState) {
        if stored.lacksLaterHooks == true { return }
        guard let hooks = (try? directory.configuration())?.hooks?.poststop else { return }
        let runner = HookRunner(container: id, bundle: FilePath(stored.record.bundle))
        runner.runPoststop(hooks, input: state(.stopped, stored).json(), logger: runtime.logger)
    }
}

extension RuntimeConfiguration.Process {
    /// What security modules are to call the program, for errors.
    fileprivate var label: String? {
        let labels = [apparmorProfile, selinuxLabel].compactMap { $0 }.filter { !$0.isEmpty }
        return labels.isEmpty ? nil : labels.joined(separator: " and ")
    }
}

extension RuntimeConfiguration.Hooks {
    /// Whether there are hooks that run after the container's creation.
    var hasLater: Bool { poststart?.isEmpty == false || poststop?.isEmpty == false }
}
