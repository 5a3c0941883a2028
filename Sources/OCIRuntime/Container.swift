// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import CgroupKit
public import LinuxSystem
public import NamespaceKit
public import OCISpec
internal import Synchronization
internal import SystemPackage

/// A container of a ``Runtime``: a name for what is on disk and in the kernel, fresh at every call.
///
/// In the process that created it, it also holds the process and its terminal, and can wait for the end.
public final class Container: Sendable {
    /// The container's id.
    public let id: String
    let runtime: Runtime
    private let own: Mutex<Own>

    /// What only the creating process has.
    private struct Own: ~Copyable, Sendable {
        var launched: LaunchedProcess?
        var exit: ProcessExit?
    }

    /// The host's side of the process's terminal, in the process that created it without a console socket.
    public let terminal: SharedDescriptor?

    init(id: String, runtime: Runtime) {
        self.id = id
        self.runtime = runtime
        terminal = nil
        own = Mutex(Own())
    }

    init(id: String, runtime: Runtime, launched: consuming LaunchedProcess) {
        self.id = id
        self.runtime = runtime
        terminal = SharedDescriptor(launched.terminal.take())
        own = Mutex(Own(launched: launched))
    }

    deinit {
        // A process that nobody waits for any more would stay as a zombie.
        own.withLock { own in if own.exit == nil { own.launched?.process.letGo() } }
    }

    /// What is known of the container now.
    ///
    /// - Throws: ``RuntimeError``: `notFound`, `corruptState`.
    public func state() throws(RuntimeError) -> ContainerRecord {
        let directory = try openState()
        return try snapshot(directory).record
    }

    /// The configuration that the container was made from.
    ///
    /// - Throws: ``RuntimeError``: `notFound`, `corruptState`.
    public func configuration() throws(RuntimeError) -> RuntimeConfiguration {
        try openState().configuration()
    }

    /// The processes in the container's control group, in the caller's numbers.
    public func processIDs() throws(RuntimeError) -> [Int32] {
        let directory = try openState()
        guard let group = try cgroup(of: try snapshot(directory)) else { return [] }
        do throws(CgroupError) { return try group.processIDs } catch { throw RuntimeError(error, container: id) }
    }

    /// The number of the container's process on the host, in the process that created the container, else `nil`. Its
    /// meaning cannot change before ``wait()`` or ``waitBlocking()`` has returned.
    public var processID: Int32? { own.withLock { $0.launched?.process.processID } }

    /// How long each step of the launch took, in the process that created the container with
    /// ``CreateOptions/recordsTimes``; complete after the start.
    public var stepTimes: [StepTime] { own.withLock { $0.launched?.stepTimes ?? [] } }

    /// Waits for the end of the container's process without holding a thread.
    ///
    /// - Returns: How it ended and what it used; the same every time.
    /// - Throws: ``RuntimeError``: `wrongState` in a process that did not create the container;
    ///   `CancellationError` when the task is cancelled, which leaves the container as it is.
    public func wait() async throws -> ProcessExit {
        try await Readiness.shared.waitUntilReadable(try processDescriptor())
        return try reap()
    }

    /// Waits for the end of the container's process, holding the thread.
    ///
    /// - Throws: ``RuntimeError``: `wrongState` in a process that did not create the container.
    public func waitBlocking() throws(RuntimeError) -> ProcessExit {
        // The lock is not held while waiting: others may signal meanwhile.
        let descriptor = try processDescriptor()
        do throws(SystemCallError) {
            _ = try ProcessHandle(takingOver: descriptor, processID: 0).waitForEnd()
        } catch { throw RuntimeError("wait for the container's process", error, container: id) }
        return try reap()
    }

    private func processDescriptor() throws(RuntimeError) -> OwnedFileDescriptor {
        do throws(SystemCallError) {
            let duplicate = try own.withLock { (own: inout Own) throws(SystemCallError) -> OwnedFileDescriptor? in
                if own.launched == nil { return nil }
                return try own.launched?.process.descriptor.duplicate()
            }
            if let duplicate { return duplicate }
        } catch { throw RuntimeError("wait for the container's process", error, container: id) }
        throw RuntimeError(
            .wrongState,
            "only the process that created the container can wait for it",
            container: id
        )
    }

    private func reap() throws(RuntimeError) -> ProcessExit {
        do throws(SystemCallError) {
            let exit = try own.withLock { (own: inout Own) throws(SystemCallError) -> ProcessExit? in
                if let exit = own.exit { return exit }
                own.exit = try own.launched?.process.reap()
                return own.exit
            }
            if let exit { return exit }
        } catch { throw RuntimeError("wait for the container's process", error, container: id) }
        throw RuntimeError(.wrongState, "only the process that created the container can wait for it", container: id)
    }

    /// Reaps the process when it is our child and has ended, so that a deleted container leaves no zombie. What was not
    /// waited for can still be: its end is kept.
    func reapIfOwn() {
        // Another process's container is reaped by its parent.
        _ = try? reap()
    }

    func openState() throws(RuntimeError) -> StateDirectory {
        try StateDirectory.open(id, in: try runtime.openRoot(orThrow: id))
    }

    /// The stored state with what the kernel says now.
    func snapshot(_ directory: borrowing StateDirectory) throws(RuntimeError) -> StoredState {
        var handle: ProcessHandle?
        return try snapshot(directory, handle: &handle)
    }

    /// The stored state with what the kernel says now, and the process that this is about.
    ///
    /// - Parameters:
    ///   - directory: The container's directory.
    ///   - handle: Gets the container's process; `nil` when it has ended or there is none yet.
    /// - Returns: The state.
    /// - Throws: ``RuntimeError``: `corruptState`, `systemCall`.
    func snapshot(
        _ directory: borrowing StateDirectory,
        handle: inout ProcessHandle?
    ) throws(RuntimeError) -> StoredState {
        let (read, isBeingMade) = try settled(directory)
        guard var stored = read, stored.record.status != .creating else {
            var unfinished = read ?? StoredState(unknown: id)
            unfinished.record.status = isBeingMade ? .creating : .stopped
            return unfinished
        }
        handle = try self.handle(of: stored)
        guard handle != nil else {
            stored.record.status = .stopped
            stored.record.pid = 0
            return stored
        }
        stored.record.status = try directory.waitsForStart ? .created : .running
        if try isFrozen(stored) { stored.record.status = .paused }
        return stored
    }

    /// What is stored, and whether the container is being created: while somebody holds the lock, it is. Else its creator is
    /// done, which the next look shows, or has died.
    private func settled(_ directory: borrowing StateDirectory) throws(RuntimeError) -> (StoredState?, Bool) {
        let read = try directory.read()
        if let read, read.record.status != .creating { return (read, false) }
        guard let lock = try directory.lock(waiting: false) else { return (read, true) }
        extendLifetime(lock)
        return (try directory.read(), false)
    }

    private func isFrozen(_ stored: StoredState) throws(RuntimeError) -> Bool {
        let state = try inGroup(of: stored) { (path, layout) throws(CgroupError) -> FreezerState in
            do throws(CgroupError) { return try Cgroup.freezerState(at: path, layout: layout) } catch {
                if error.code == .notFound { throw error }
                // A group whose state cannot be read is not known to be frozen.
                return .thawed
            }
        }
        return state == .frozen
    }

    /// A handle of the container's process; `nil` when it has ended, and when its number means another process now.
    func handle(of stored: StoredState) throws(RuntimeError) -> ProcessHandle? {
        do throws(SystemCallError) {
            guard stored.record.pid > 0, stored.bootID == (try ProcessInformation.bootID()) else { return nil }
            let handle = try ProcessHandle(processID: Int32(clamping: stored.record.pid))
            // Read after the handle is open: then the number cannot have changed its meaning in between.
            guard try ProcessInformation.startTime(of: handle.processID) == stored.startTime else { return nil }
            if try handle.hasEnded() { return nil }
            return handle
        } catch {
            if error.errno == .noSuchProcess || error.errno == .noSuchFileOrDirectory { return nil }
            throw RuntimeError("find the container's process", error, container: id)
        }
    }

    /// The container's control group; `nil` when it has none any more.
    func cgroup(of stored: StoredState) throws(RuntimeError) -> Cgroup? {
        try inGroup(of: stored) { (path, layout) throws(CgroupError) in try Cgroup.open(at: path, layout: layout) }
    }

    /// Removes the container's control group if nothing uses it; `false` when something does.
    func removeUnusedGroup(of stored: StoredState) throws(RuntimeError) -> Bool {
        try inGroup(of: stored) { (path, layout) throws(CgroupError) in
            try Cgroup.removeIfUnused(at: path, layout: layout)
        } ?? true
    }

    /// What `body` finds in the container's control group; `nil` when it has none any more.
    private func inGroup<Found>(
        of stored: StoredState,
        _ body: (CgroupPath, CgroupLayout) throws(CgroupError) -> Found
    ) throws(RuntimeError) -> Found? {
        guard let path = stored.cgroup else { return nil }
        do throws(CgroupError) {
            let place = try CgroupPath(bytes: Array(path.utf8))
            do throws(CgroupError) { return try body(place, try runtime.cgroups.layout()) } catch {
                // It may be gone, or the hierarchies may have moved since they were looked up.
                if error.code != .notFound { throw error }
                return try body(place, try runtime.cgroups.refreshed())
            }
        } catch {
            if error.code == .notFound || error.code == .unsupported { return nil }
            throw RuntimeError(error, container: id)
        }
    }

    /// Checks that `operation` is allowed now.
    func check(_ operation: LifecycleMachine.Operation, _ stored: StoredState) throws(RuntimeError) {
        if case .refuse(let words) = LifecycleMachine(status: stored.record.status).action(for: operation) {
            throw RuntimeError(.wrongState, words, container: id)
        }
    }

    /// Keeps the times that the init sent.
    func note(times: [UInt64]) { own.withLock { $0.launched?.note(times: times) } }
}

extension StoredState {
    /// What is known of a container that nothing is stored of yet.
    fileprivate init(unknown id: String) {
        self.init(
            record: ContainerRecord(
                ociVersion: Runtime.specificationVersion,
                id: id,
                pid: 0,
                status: .creating,
                bundle: "",
                rootfs: "",
                created: "",
                owner: ""
            )
        )
    }
}
