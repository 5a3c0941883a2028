// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import OCIRuntime

extension ScopedContainer {
    /// Runs another program in the container to its end, as confined as its first process.
    ///
    /// - Parameters:
    ///   - command: The program and its arguments.
    ///   - input: What it reads.
    ///   - configure: Changes user, directory, environment and the like; streams that it sets are not captured.
    /// - Returns: Why it ended and what it wrote, to the last byte. Its usage has no control group of its own.
    /// - Throws: ``ContainerStoreError``: `wrongState` when the container has ended, `executableNotFound`,
    ///   `executableNotPermitted`, `launchFailed`; `CancellationError` when the task is cancelled: the process is killed.
    public func run(
        _ command: [String],
        input: [UInt8] = [],
        configure: (inout ExecRequest) -> Void = { _ in }
    ) async throws -> ContainerResult {
        var request = ExecRequest(command)
        configure(&request)
        var plumbing = try about("make the streams") { () throws(SystemCallError) in
            try StreamPlumbing(request.options, input: input)
        }
        let begin = ContinuousClock.now
        let process = try await start(request, plumbing)
        plumbing.releaseContainerEnds()
        return try await withTaskCancellationHandler {
            try await collect(process, plumbing, begin)
        } onCancel: {
            try? process.kill(signal: CLINUX_SIGKILL)
        }
    }

    /// Starts a program. The streams' ends are let go of when this returns: while anyone here holds one, the output has
    /// no end.
    private func start(_ request: ExecRequest, _ plumbing: StreamPlumbing) async throws -> ExecProcess {
        var request = request
        request.options.input = plumbing.options.input
        request.options.output = plumbing.options.output
        request.options.errors = plumbing.options.errors
        let chosen = request
        return try await LaunchThreads.shared.run { try stored.exec(chosen) }
    }

    private func collect(
        _ process: ExecProcess,
        _ plumbing: StreamPlumbing,
        _ begin: ContinuousClock.Instant
    ) async throws -> ContainerResult {
        let verdict = SharedVerdict<Verdict>()
        let excess: @Sendable () -> Void = {
            verdict.settle(.outputLimitExceeded)
            try? process.kill(signal: CLINUX_SIGKILL)
        }
        async let output = OutputCapture.read(plumbing.output, limit: options.captureLimit, onExcess: excess)
        async let errors = OutputCapture.read(plumbing.errors, limit: options.captureLimit, onExcess: excess)
        let exit = try await Self.end(of: process)
        let reason: ExitReason = verdict.value == nil ? ExitReason(exit, statistics: nil) : .outputLimitExceeded
        return ContainerResult(
            exit: reason,
            standardOutput: try await output,
            standardError: try await errors,
            usage: ContainerUsage(exit, duration: ContinuousClock.now - begin, statistics: nil)
        )
    }

    /// Waits for the process. When the task is cancelled it has been killed, and is reaped all the same.
    private static func end(of process: ExecProcess) async throws -> ProcessExit {
        do { return try await process.wait() } catch is CancellationError {
            _ = try? await LaunchThreads.shared.run { try process.waitBlocking() }
            throw CancellationError()
        }
    }
}
