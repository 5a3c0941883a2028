// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import CgroupKit
internal import CLinux
internal import LinuxSystem
public import OCIRuntime

/// A container that lives as long as the closure it is handed to; see ``withContainer(_:_:in:configure:_:)``.
public struct ScopedContainer: Sendable {
    /// Why the host killed the container.
    enum Verdict: Sendable { case timedOut, processorTimeExceeded, outputLimitExceeded }

    /// Its place in the store: id, name, image, labels.
    public let stored: StoredContainer
    /// The runtime's container: its state, control group and process.
    public let container: Container
    /// What its process reads, with ``InputSource/pipe``; else writing is refused.
    public let input: ContainerInput
    /// What its process writes to standard output, with ``OutputTarget/capture``; else empty.
    public let output: ContainerOutput
    /// What its process writes to standard error, with ``OutputTarget/capture``; else empty.
    public let errors: ContainerOutput

    let options: ContainerOptions
    let verdict = SharedVerdict<Verdict>()
    let begin: ContinuousClock.Instant

    /// Its id.
    public var id: String { stored.id }

    /// Waits for the end of its process.
    ///
    /// What it wrote is in ``output`` and ``errors`` to the last byte when this returns.
    ///
    /// - Returns: Why it ended; the same every time.
    /// - Throws: ``ContainerStoreError``; `CancellationError` when the task is cancelled.
    public func wait() async throws -> ExitReason { try await ended().reason }

    /// Sends a signal to its process.
    ///
    /// - Throws: ``ContainerStoreError``: `wrongState` when it has ended.
    public func kill(signal: Int32 = 15) throws(ContainerStoreError) {
        try withRuntimeErrors { () throws(RuntimeError) in try container.kill(signal: signal) }
    }

    /// Freezes all its processes.
    ///
    /// - Throws: ``ContainerStoreError``: `wrongState`, `unsupported` without a control group.
    public func pause() throws(ContainerStoreError) {
        try withRuntimeErrors { () throws(RuntimeError) in try container.pause() }
    }

    /// Lets its frozen processes go on.
    ///
    /// - Throws: ``ContainerStoreError``: `wrongState`.
    public func resume() throws(ContainerStoreError) {
        try withRuntimeErrors { () throws(RuntimeError) in try container.resume() }
    }

    /// What its control group counts now.
    ///
    /// - Throws: ``ContainerStoreError``: `wrongState` when it has none.
    public func statistics() throws(ContainerStoreError) -> CgroupStatistics {
        try withRuntimeErrors { () throws(RuntimeError) in try container.statistics() }
    }

    /// What its control group counts, at once and then every `interval`, until its process has ended.
    public func statistics(every interval: Duration) -> ContainerStatistics {
        ContainerStatistics(container: self, interval: interval)
    }

    /// What happens to its control group, until its process ends: memory that runs out, tasks that wait too long.
    ///
    /// - Parameter pressure: When to tell of tasks that lose time; version 2 of control groups only.
    /// - Returns: A sequence that ends with the container's process; it is empty when that has ended already.
    /// - Throws: ``ContainerStoreError``: `launchFailed` when the kernel refuses a trigger.
    public func events(pressure: [PressureTrigger] = []) throws(ContainerStoreError) -> CgroupEvents {
        try withRuntimeErrors { () throws(RuntimeError) in
            do throws(RuntimeError) { return try container.events(pressure: pressure) } catch {
                // A short program may be faster than whoever wants to watch it.
                guard error.code == .wrongState else { throw error }
                return CgroupEvents()
            }
        }
    }

    /// Changes its limits; what is `nil` stays as it is.
    ///
    /// - Throws: ``ContainerStoreError``: `invalidOptions`, `wrongState`, and `launchFailed` when the kernel refuses a
    ///   value; the old limits are in force then.
    public func update(_ limits: ContainerLimits) throws(ContainerStoreError) {
        let resources = try limits.resources(countsSwap: HostFiles.countsSwap)
        try withRuntimeErrors { () throws(RuntimeError) in try container.update(resources) }
    }

    // What the scope needs.

    /// How the process ended, and what it used.
    struct Ending: Sendable {
        let reason: ExitReason
        let usage: ContainerUsage
    }

    func ended() async throws -> Ending {
        let exit = try await container.wait()
        let duration = ContinuousClock.now - begin
        let container = container
        // Without a control group there is nothing to read.
        let statistics = try? await LaunchThreads.shared.run { try container.statistics() }
        // A process that shares the host's process ids can leave others behind, which hold the pipes open.
        if options.sharesHostProcesses { try await LaunchThreads.shared.run { try container.delete(force: true) } }
        let reason: ExitReason =
            switch verdict.value {
            case .timedOut: .timedOut
            case .processorTimeExceeded: .processorTimeExceeded
            case .outputLimitExceeded: .outputLimitExceeded
            case nil: ExitReason(exit, statistics: statistics)
            }
        return Ending(reason: reason, usage: ContainerUsage(exit, duration: duration, statistics: statistics))
    }

    /// Kills it for this reason, which counts if it is the first.
    func end(_ reason: Verdict) {
        verdict.settle(reason)
        // One that has ended already is what was asked for.
        try? container.kill(signal: CLINUX_SIGKILL)
    }

    /// All that it writes until it ends.
    func collect() async throws -> ContainerResult {
        async let output = OutputCapture.read(output.descriptor, limit: options.captureLimit) {
            end(.outputLimitExceeded)
        }
        async let errors = OutputCapture.read(errors.descriptor, limit: options.captureLimit) {
            end(.outputLimitExceeded)
        }
        let ending = try await ended()
        return ContainerResult(
            exit: ending.reason,
            standardOutput: try await output,
            standardError: try await errors,
            usage: ending.usage
        )
    }
}

/// What a container's control group counts, again and again.
public struct ContainerStatistics: AsyncSequence, Sendable {
    let container: ScopedContainer
    let interval: Duration

    /// Reads one set of counters after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let container: ScopedContainer
        let interval: Duration
        var isFirst = true

        /// The counters now, an interval after the last ones; `nil` when the container's process has ended.
        ///
        /// - Throws: ``ContainerStoreError``; `CancellationError` when the task is cancelled.
        public mutating func next() async throws -> CgroupStatistics? {
            if !isFirst { try await Task.sleep(for: interval) }
            isFirst = false
            let container = container
            return try await LaunchThreads.shared.run { () throws -> CgroupStatistics? in
                let state = try withRuntimeErrors { () throws(RuntimeError) in try container.container.state() }
                return state.status == .stopped ? nil : try container.statistics()
            }
        }
    }

    /// Begins to read.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(container: container, interval: interval) }
}
