// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import OCIRuntime

/// Runs an image for as long as `body` runs, and leaves nothing behind.
///
/// ```swift
/// try await withContainer("postgres:16", configure: { $0.input = .pipe }) { container in
///     for try await line in container.errors.lines where line.contains("ready to accept connections") { break }
///     let answer = try await container.run(["psql", "-c", "select 1"])
///     print(answer.output)
/// }
/// ```
///
/// The container's process runs when `body` begins. When `body` returns or throws, or the task is cancelled, all
/// processes are dead and reaped, and control group, mounts, files and state are removed. When this process is killed,
/// the container dies with it, and what is left is removed by whoever opens the store next.
///
/// - Parameters:
///   - image: A reference, a digest, or the first digits of one; the image must be in the store.
///   - command: Replaces the image's command; its entry point stays.
///   - store: Where the image is; by default the store at ``ContainerStore/defaultPath``.
///   - configure: Changes the options, which are safe by default.
///   - body: Uses the container. Output that is captured (the default) has to be read, or the process waits once the
///     pipe is full.
/// - Returns: What `body` returns.
/// - Throws: ``ContainerStoreError`` when it could not be started; what `body` throws.
/// - Note: Needs root (`CAP_SYS_ADMIN`), overlayfs, and Linux 5.12 or later.
public func withContainer<Value: Sendable>(
    _ image: String,
    _ command: [String] = [],
    in store: ContainerStore? = nil,
    configure: (inout ContainerOptions) -> Void = { _ in },
    _ body: (ScopedContainer) async throws -> Value
) async throws -> Value {
    var options = ContainerOptions()
    configure(&options)
    return try await withContainer(image, command, in: store, options: options, body)
}

/// Runs an image for as long as `body` runs, with these options.
func withContainer<Value: Sendable>(
    _ image: String,
    _ command: [String],
    in store: ContainerStore?,
    options: ContainerOptions,
    _ body: (ScopedContainer) async throws -> Value
) async throws -> Value {
    let stored = try await LaunchThreads.shared.run {
        try (store ?? ContainerStore()).create(image, command, options: options, lifetime: .scoped)
    }
    do {
        let value = try await ContainerScope(stored: stored, options: options).run(body)
        try await LaunchThreads.shared.run { try stored.remove(force: true) }
        return value
    } catch {
        // The first error counts; what cannot be removed now is swept later.
        try? await LaunchThreads.shared.run { try stored.remove(force: true) }
        throw error
    }
}

/// The life of a container that belongs to its caller.
private struct ContainerScope: Sendable {
    let stored: StoredContainer
    let options: ContainerOptions

    func run<Value: Sendable>(_ body: (ScopedContainer) async throws -> Value) async throws -> Value {
        var plumbing = try about("make the streams") { () throws(SystemCallError) in try StreamPlumbing(options) }
        let container = try await launch(plumbing.options)
        plumbing.releaseContainerEnds()
        let input = ContainerInput(plumbing.takeInput())
        do {
            let value = try await use(try await start(container, plumbing, input), body)
            try await LaunchThreads.shared.run { try remove(container) }
            return value
        } catch {
            // Only the value that launched the process can reap it. The first error counts.
            try? await LaunchThreads.shared.run { try container.delete(force: true) }
            throw error
        }
    }

    /// Ends all processes and lets the runtime forget the container; who waited for it may have done so already.
    private func remove(_ container: Container) throws(ContainerStoreError) {
        do throws(RuntimeError) { try container.delete(force: true) } catch {
            if error.code != .notFound { throw ContainerStoreError(error) }
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

    private func start(
        _ container: Container,
        _ plumbing: StreamPlumbing,
        _ input: ContainerInput
    ) async throws -> ScopedContainer {
        try Task.checkCancellation()
        let begin = ContinuousClock.now
        try await LaunchThreads.shared.run {
            try withRuntimeErrors { () throws(RuntimeError) in try container.start() }
        }
        return ScopedContainer(
            stored: stored,
            container: container,
            input: input,
            output: ContainerOutput(descriptor: plumbing.output),
            errors: ContainerOutput(descriptor: plumbing.errors),
            options: options,
            begin: begin
        )
    }

    private func use<Value: Sendable>(
        _ scoped: ScopedContainer,
        _ body: (ScopedContainer) async throws -> Value
    ) async throws -> Value {
        let timer = options.timeout.map { timeout in
            Task {
                try await Task.sleep(for: timeout)
                scoped.end(.timedOut)
            }
        }
        let meter = options.processorTime.map { limit in Task { try await Self.watch(scoped, limit) } }
        defer {
            timer?.cancel()
            meter?.cancel()
        }
        if options.processorTime != nil, try scoped.statistics().cpu?.usage == nil {
            throw ContainerStoreError(
                .unsupported,
                "limit the processors' time: no control group counts it",
                hint: "use a host with the cpuacct controller, or control groups of version 2"
            )
        }
        // A body that does not look for cancellation sees the container end.
        return try await withTaskCancellationHandler {
            try await body(scoped)
        } onCancel: {
            try? scoped.container.kill(signal: CLINUX_SIGKILL)
        }
    }

    /// Kills the container once its processes have used `limit` of the processors' time.
    private static func watch(_ scoped: ScopedContainer, _ limit: Duration) async throws {
        for try await statistics in ContainerStatistics(container: scoped, interval: .milliseconds(50)) {
            guard let used = statistics.cpu?.usage else { return }
            if Duration.nanoseconds(Int64(clamping: used)) >= limit { return scoped.end(.processorTimeExceeded) }
        }
    }
}
