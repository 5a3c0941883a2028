// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LaunchPlan
internal import LinuxSystem
internal import NamespaceKit
internal import OCISpec
internal import SystemPackage

/// Runs hooks in the host's namespaces (OCI runtime-spec, config.md, "POSIX-platform Hooks").
///
/// A hook gets exactly the configured arguments and environment, the state on its standard input, and no descriptor
/// of ours. It is spawned as a container is, by the sealed init, so no code of this process runs after the clone.
enum HookRunner {
    /// Runs `hook` to its end.
    ///
    /// - Throws: ``RuntimeError``: `hookFailed` when it cannot be run, fails, or is killed after its time.
    static func run(_ hook: RuntimeConfiguration.Hook, input: [UInt8], container: String) throws(RuntimeError) {
        do {
            let ends = try OwnedFileDescriptor.pipe().shared()
            var process = try spawn(hook, input: ends.reading)
            try process.start()
            // A hook that does not read its input is no failure, and a pipe holds more than any state.
            try? ends.writing.descriptor.write(input)
            _ = consume ends
            try wait(process, timeout: hook.timeout, hook: hook, container: container)
        } catch let error as RuntimeError {
            throw error
        } catch {
            throw RuntimeError(.hookFailed, "hook \(hook.path): \(error)", container: container)
        }
    }

    private static func spawn(
        _ hook: RuntimeConfiguration.Hook,
        input: SharedDescriptor
    ) throws -> LaunchedProcess {
        let arguments = (hook.args ?? [hook.path]).map { Array($0.utf8) }
        let prepared = PreparedLaunch(
            instructions: [
                .findExecutable(candidates: [Array(hook.path.utf8)]),
                .awaitStart(slot: PreparedLaunch.controlSlot), .closeDescriptors(first: 3),
                .prepareProgram(arguments: arguments, environment: (hook.env ?? []).map { Array($0.utf8) }), .execute,
            ])
        return try Launcher.launch(
            prepared,
            streams: Launcher.Streams(
                input: input,
                output: try StandardStream.duplicate(1),
                errors: try StandardStream.duplicate(2)
            ),
            cgroup: nil
        )
    }

    private static func wait(
        _ process: borrowing LaunchedProcess,
        timeout: Int?,
        hook: RuntimeConfiguration.Hook,
        container: String
    ) throws {
        let limit = timeout.map { Int32(clamping: $0.multipliedReportingOverflow(by: 1000).partialValue) } ?? -1
        let ended = try process.process.waitForEnd(milliseconds: limit)
        if !ended { try process.process.send(signal: CLINUX_SIGKILL) }
        let exit = try process.process.reap()
        let problem: String
        switch exit.reason {
        case _ where !ended: problem = "timed out after \(timeout ?? 0) s and was killed"
        case .exited(0): return
        case .exited(let status): problem = "exit status \(status)"
        case .signaled(let signal, _): problem = "killed by signal \(signal)"
        }
        throw RuntimeError(.hookFailed, "hook \(hook.path): \(problem)", container: container)
    }
}
