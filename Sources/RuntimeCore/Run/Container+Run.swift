// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
public import OCIRuntime
internal import Synchronization

extension Container {
    /// Runs an image to its end, and leaves nothing behind.
    ///
    /// ```swift
    /// let result = try await Container.run("debian:12", ["cat", "/etc/os-release"], in: store) {
    ///     $0.limits.memory = 64 << 20
    ///     $0.timeout = .seconds(10)
    /// }
    /// print(result.exit, result.output)
    /// ```
    ///
    /// The container belongs to the call. When it returns, throws or is cancelled, all processes are dead and reaped,
    /// and control group, mounts, files and state are removed. When this process is killed, the container dies with it,
    /// and what is left is removed by whoever opens the store next. The output is complete.
    ///
    /// - Parameters:
    ///   - image: A reference, a digest, or the first digits of one; the image must be in the store.
    ///   - command: Replaces the image's command; its entry point stays.
    ///   - store: Where the image is; by default the store at ``ContainerStore/defaultPath``.
    ///   - configure: Changes the options, which are safe by default.
    /// - Returns: Why it ended, what it wrote, and what it used.
    /// - Throws: ``ContainerStoreError`` when it could not be started; `CancellationError` when the task was cancelled.
    /// - Note: Needs root (`CAP_SYS_ADMIN`), overlayfs, and Linux 5.12 or later.
    public static func run(
        _ image: String,
        _ command: [String] = [],
        in store: ContainerStore? = nil,
        configure: (inout ContainerOptions) -> Void = { _ in }
    ) async throws -> ContainerResult {
        var options = ContainerOptions()
        configure(&options)
        let chosen = options
        let stored = try await LaunchThreads.shared.run {
            try (store ?? ContainerStore()).create(image, command, options: chosen, lifetime: .scoped)
        }
        do {
            let result = try await ScopedRun(stored, options).run()
            try await LaunchThreads.shared.run { try stored.remove(force: true) }
            return result
        } catch {
            // The first error counts; what cannot be removed now is swept later.
            try? await LaunchThreads.shared.run { try stored.remove(force: true) }
            throw error
        }
    }
}

/// One run of a container that belongs to its caller.
private struct ScopedRun: Sendable {
    let stored: StoredContainer
    let options: ContainerOptions

    init(_ stored: StoredContainer, _ options: ContainerOptions) {
        self.stored = stored
        self.options = options
    }

    /// Why the host killed the container.
    private enum Verdict: Sendable { case timedOut, outputLimitExceeded }

    func run() async throws -> ContainerResult {
        var plumbing: StreamPlumbing
        do throws(SystemCallError) { plumbing = try StreamPlumbing(options) } catch {
            throw ContainerStoreError("make the streams", error)
        }
        let container = try await launch(plumbing.options)
        plumbing.releaseContainerEnds()
        do {
            try Task.checkCancellation()
            return try await finish(container, plumbing)
        } catch {
            // Only the value that launched the process can reap it. The first error counts.
            try? await LaunchThreads.shared.run { try container.delete(force: true) }
            throw error
        }
    }

    /// Launches the container. The streams' ends in `options` are let go of when this returns: while anyone here holds
    /// one, the output has no end.
    private func launch(_ options: CreateOptions) async throws -> Container {
        var options = options
        options.diesWithParent = true
        let chosen = options
        return try await LaunchThreads.shared.run { try stored.launch(chosen) }
    }

    private func finish(_ container: Container, _ plumbing: StreamPlumbing) async throws -> ContainerResult {
        let verdict = SharedVerdict<Verdict>()
        let limit = options.captureLimit
        let begin = ContinuousClock.now
        async let output = OutputCapture.read(plumbing.output, limit: limit) {
            verdict.settle(.outputLimitExceeded)
            end(container)
        }
        async let errors = OutputCapture.read(plumbing.errors, limit: limit) {
            verdict.settle(.outputLimitExceeded)
            end(container)
        }
        try await LaunchThreads.shared.run {
            try withRuntimeErrors { () throws(RuntimeError) in try container.start() }
        }
        let timer = options.timeout.map { timeout in
            Task {
                try await Task.sleep(for: timeout)
                verdict.settle(.timedOut)
                end(container)
            }
        }
        defer { timer?.cancel() }
        let exit = try await container.wait()
        let duration = ContinuousClock.now - begin
        // Without a control group there is nothing to read.
        let statistics = try? await LaunchThreads.shared.run { try container.statistics() }
        // A process that shares the host's process ids can leave others behind, which hold the pipes open.
        if options.sharesHostProcesses { try await LaunchThreads.shared.run { try container.delete(force: true) } }
        let reason: ExitReason =
            switch verdict.value {
            case .timedOut: .timedOut
            case .outputLimitExceeded: .outputLimitExceeded
            case nil: ExitReason(exit, statistics: statistics)
            }
        return ContainerResult(
            exit: reason,
            standardOutput: try await output,
            standardError: try await errors,
            usage: ContainerUsage(
                duration: duration,
                userTime: .microseconds(exit.userMicroseconds),
                systemTime: .microseconds(exit.systemMicroseconds),
                largestProcess: UInt64(clamping: exit.maximumResidentKiB) << 10,
                statistics: statistics
            )
        )
    }

    /// Kills the container; one that has ended already is what was asked for.
    private func end(_ container: Container) { try? container.kill(signal: CLINUX_SIGKILL) }
}
