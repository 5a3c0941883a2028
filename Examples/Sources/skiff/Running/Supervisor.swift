// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Attendance
internal import Glibc
internal import RuntimeCore
internal import Synchronization

/// The process that stays with a detached container: this program again, with the same command line.
///
/// It makes and starts the container, tells its parent how that went over a pipe, waits, and records the end.
enum Supervisor {
    /// The hidden first argument.
    static let argument = "__supervise"
    /// Where the supervisor tells its parent.
    private static let reportDescriptor: CInt = 3

    private struct State {
        var isActive = false
        var hasReported = false
    }

    private static let state = Mutex(State())

    /// Whether this process is one.
    static var isActive: Bool { state.withLock { $0.isActive } }

    /// Makes this process a supervisor.
    static func takeOver() {
        state.withLock { $0.isActive = true }
        _ = signal(SIGPIPE, SIG_IGN)
        _ = fcntl(reportDescriptor, F_SETFD, FD_CLOEXEC)
    }

    /// Launches a container, and reports its id once the program runs; returns when it has ended and is not to be started
    /// again. With `startsForClient` the program starts once somebody has taken the container's terminal.
    ///
    /// With `firstEnd` the container has had a life in the foreground of another program, which ended with this status.
    static func run(
        _ container: StoredContainer,
        isInteractive: Bool,
        removesUnstarted: Bool,
        startsForClient: Bool = false,
        after firstEnd: Int? = nil
    ) throws {
        // The directory of whoever called us is none of our business any more.
        _ = unsafe chdir("/")
        let log = try Streams.log(of: container)
        var record = SupervisorRecord()
        var failures = 0
        var isFirst = true
        if let firstEnd {
            report("0 \(container.id)")
            (isFirst, failures) = (false, 1)
            guard goesOn(container, after: firstEnd, &record, failures) else { return }
        } else {
            ContainerMark.stopped.clear(container)
        }
        while true {
            let begin = ContinuousClock.now
            if container.metadata.supervision != nil { record.write(container) }
            let status: Int
            do {
                // What was prepared when the container was made is used up by its first life.
                let life = isFirst ? container : (try? container.store.container(container.id))
                guard let life else { return }
                status = try runOnce(
                    life,
                    log,
                    isInteractive: isInteractive,
                    startsForClient: startsForClient,
                    isFirst: isFirst,
                    removesUnstarted: removesUnstarted
                )
            } catch {
                if isFirst { throw error }
                // It was removed, or somebody else has started it; one that cannot be started has failed.
                guard case .exited = try? container.status() else { return }
                status = 127
            }
            isFirst = false
            failures = ContinuousClock.now - begin < Supervision.settlingTime ? failures + 1 : 1
            guard goesOn(container, after: status, &record, failures) else { return }
        }
    }

    /// Waits for the next start, if there is to be one, and counts it.
    private static func goesOn(
        _ container: StoredContainer,
        after status: Int,
        _ record: inout SupervisorRecord,
        _ failures: Int
    ) -> Bool {
        guard container.metadata.lifetime == .kept, let wait = delay(container, status, record, failures),
            rest(wait, container)
        else { return false }
        record.restarts += 1
        return true
    }

    /// Has a supervisor start a container again whose first life was in our foreground, if that is to be.
    ///
    /// - Throws: ``Failure`` when there can be none.
    static func takeOver(_ container: StoredContainer, after status: Int) throws {
        guard delay(container, status, SupervisorRecord(), 1) != nil else { return }
        let root = ["--root", container.store.path.string]
        _ = try spawn(root + ["start", "--after-status", "\(status)", container.id])
    }

    /// How long to wait before the next start; `nil` when there is none.
    private static func delay(
        _ container: StoredContainer,
        _ status: Int,
        _ record: SupervisorRecord,
        _ failures: Int
    ) -> Duration? {
        // What is to be done may have been changed meanwhile.
        guard !ContainerMark.stopped.isSet(container), let latest = try? container.store.container(container.id) else {
            return nil
        }
        return latest.metadata.supervision?
            .delay(afterStatus: status, restarts: record.restarts, failures: failures)
    }

    /// Waits, unless somebody stops, removes or starts the container meanwhile.
    ///
    /// - Returns: Whether it is still to be started.
    private static func rest(_ wait: Duration, _ container: StoredContainer) -> Bool {
        let end = ContinuousClock.now + wait
        while ContinuousClock.now < end {
            usleep(20_000)
            guard !ContainerMark.stopped.isSet(container), case .exited = try? container.status() else { return false }
        }
        return true
    }

    /// One life of the container.
    ///
    /// - Returns: Its exit status.
    private static func runOnce(
        _ container: StoredContainer,
        _ log: SharedDescriptor,
        isInteractive: Bool,
        startsForClient: Bool,
        isFirst: Bool,
        removesUnstarted: Bool
    ) throws -> Int {
        var options = CreateOptions()
        options.diesWithParent = container.metadata.lifetime == .scoped
        let pipe = isInteractive ? try Streams.pipe() : nil
        options.input = try pipe?.reading ?? Streams.null(.readOnly)
        options.output = log
        options.errors = log
        let running: Container
        var keeper: TerminalKeeper?
        var inputKeeper: InputKeeper?
        do {
            running = try container.launch(options)
            options.input = nil
            keeper = try running.terminal.map {
                try TerminalKeeper(container, $0, log: log, startsForClient: startsForClient && isFirst)
            }
            if keeper == nil { inputKeeper = try pipe.map { try InputKeeper(container, $0.writing) } }
            try attend(running, container, keeper, inputKeeper)
        } catch {
            // The first error counts.
            try? container.runtimeContainer().delete(force: true)
            if isFirst && removesUnstarted { try? container.remove(force: true) }
            throw error
        }
        let exit = try running.waitBlocking()
        guard container.metadata.lifetime == .kept else {
            let status = ExitReason(exit, statistics: try? running.statistics()).statusCode
            try container.remove(force: true)
            keeper?.tell(status: Int(status))
            return Int(status)
        }
        let status = try container.finish(running, exit).status
        keeper?.tell(status: status)
        return status
    }

    private static func attend(
        _ running: Container,
        _ container: StoredContainer,
        _ keeper: TerminalKeeper?,
        _ inputKeeper: InputKeeper?
    ) throws {
        let processID = Int32(clamping: try running.state().pid)
        guard let process = WatchedProcess(processID) else { throw Failure("the process has ended") }
        if let keeper, keeper.startsForClient {
            report("0 \(container.id)")
            try keeper.awaitClient(process)
            do { try running.start() } catch {
                keeper.tell(Failure(error, command: "skiff run"))
                throw error
            }
            keeper.tellStart()
        } else {
            try running.start()
            report("0 \(container.id)")
        }
        let watch = HealthWatch.begin(container)
        defer { watch?.cancel() }
        if let keeper {
            keeper.follow(process)
        } else if let inputKeeper {
            inputKeeper.follow(process)
        } else {
            _ = process.waitForEnd()
        }
    }

    /// Tells the parent why there is no container.
    static func report(failure: Failure) { report("\(failure.status) \(failure.description)") }

    private static func report(_ text: String) {
        let isFirst = state.withLock { state in
            defer { state.hasReported = true }
            return !state.hasReported
        }
        guard isFirst else { return }
        // A parent that is gone is not told.
        try? Output.write(Array(text.utf8), to: reportDescriptor)
        close(reportDescriptor)
    }
}
