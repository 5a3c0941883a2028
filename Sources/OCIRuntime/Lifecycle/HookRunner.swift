// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LaunchPlan
internal import LinuxSystem
internal import Logging
internal import NamespaceKit
internal import OCISpec
internal import SystemPackage

/// Runs hooks in the host's namespaces (OCI runtime-spec, config.md, "POSIX-platform Hooks").
///
/// A hook gets the configured arguments, the path alone when there are none; the configured environment, this process's
/// when none is configured, as with runc and crun; the state on its standard input; the bundle as working directory;
/// and no descriptor of ours. What it prints is kept for the error. It is spawned as a container is, by the sealed init,
/// so no code of this process runs after the clone, and leads a session, which is killed as a whole when its time is
/// over.
struct HookRunner: Sendable {
    /// The container's id.
    let container: String
    /// The directory that hooks start in; when it is gone, they start in `/`.
    let bundle: FilePath

    /// Runs the hooks of one point in order, and stops at the first that fails.
    ///
    /// - Parameters:
    ///   - hooks: The hooks.
    ///   - point: What the configuration calls the point.
    ///   - input: The container's state.
    /// - Throws: ``RuntimeError``: `hookFailed` when one cannot be run, fails, or is killed after its time.
    func run(_ hooks: [RuntimeConfiguration.Hook]?, _ point: String, input: [UInt8]) throws(RuntimeError) {
        for (index, hook) in (hooks ?? []).enumerated() {
            try run(hook, name: "\(point) hook #\(index)", input: input)
        }
    }

    /// Runs the hooks that come after the container; what fails is logged, and the others run all the same.
    func runPoststop(_ hooks: [RuntimeConfiguration.Hook]?, input: [UInt8], logger: Logger?) {
        for (index, hook) in (hooks ?? []).enumerated() {
            do throws(RuntimeError) { try run(hook, name: "poststop hook #\(index)", input: input) } catch {
                logger?.warning(
                    "poststop hook failed",
                    metadata: ["container.id": "\(container)", "error": "\(error)"]
                )
            }
        }
    }

    private func run(_ hook: RuntimeConfiguration.Hook, name: String, input: [UInt8]) throws(RuntimeError) {
        do {
            let output = SharedDescriptor(try .memory(name: "hook-output"))
            var process = try spawn(hook, input: try file(with: input), output: output)
            do throws(NamespaceError) { try process.start() } catch {
                _ = try? process.process.reap()
                throw error
            }
            if let problem = try wait(process, timeout: hook.timeout) {
                let text = HookFailure.text(name, problem, printed: output.descriptor)
                throw RuntimeError(.hookFailed, text, container: container)
            }
        } catch let error as RuntimeError {
            throw error
        } catch let error as NamespaceError {
            throw RuntimeError(
                .hookFailed,
                "error running \(name): \(hook.path)",
                container: container,
                cause: error.cause,
                hint: error.hint
            )
        } catch {
            throw RuntimeError(.hookFailed, "error running \(name): \(error)", container: container)
        }
    }

    /// A file, not a pipe: a hook that does not read its input blocks nobody.
    private func file(with input: [UInt8]) throws(SystemCallError) -> SharedDescriptor {
        let file = try OwnedFileDescriptor.memory(name: "hook-input")
        try file.write(input)
        try systemCall("lseek") { clinux_lseek(file.rawValue, 0, CLINUX_SEEK_SET) }
        return SharedDescriptor(file)
    }

    private func spawn(
        _ hook: RuntimeConfiguration.Hook,
        input: SharedDescriptor,
        output: SharedDescriptor
    ) throws -> LaunchedProcess {
        let arguments = hook.args.flatMap { $0.isEmpty ? nil : $0 } ?? [hook.path]
        var prepared = PreparedLaunch(
            instructions: [
                .newSession, .enterDirectory(slot: 0), .findExecutable(candidates: [Array(hook.path.utf8)]),
                .awaitStart(slot: PreparedLaunch.controlSlot), .closeDescriptors(first: 3),
                .prepareProgram(
                    arguments: arguments.map { Array($0.utf8) },
                    environment: hook.env.map { $0.map { Array($0.utf8) } } ?? ProcessEnvironment.all
                ), .announce, .execute,
            ])
        prepared.slots = [try directory()]
        return try Launcher.launch(
            prepared,
            streams: Launcher.Streams(input: input, output: output, errors: output),
            cgroup: nil
        )
    }

    private func directory() throws(SystemCallError) -> SharedDescriptor {
        let flags = CLINUX_O_PATH | CLINUX_O_DIRECTORY
        do throws(SystemCallError) { return SharedDescriptor(try .open(bundle, flags)) } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
            return SharedDescriptor(try .open("/", flags))
        }
    }

    /// Waits for the end; `nil` when the hook succeeded, else what happened.
    private func wait(_ process: borrowing LaunchedProcess, timeout: Int?) throws(SystemCallError) -> String? {
        let limit = timeout.map { Int32(clamping: min($0, Int(Int32.max) / 1000) * 1000) } ?? -1
        let ended = try process.process.waitForEnd(milliseconds: limit)
        if !ended {
            // The number cannot mean another session before the process is reaped.
            _ = clinux_kill(-process.process.processID, CLINUX_SIGKILL)
            try process.process.send(signal: CLINUX_SIGKILL)
        }
        switch try process.process.reap().reason {
        case _ where !ended: return "timed out after \(timeout ?? 0) s and was killed"
        case .exited(0): return nil
        case .exited(let status): return "exit status \(status)"
        case .signaled(let signal, _): return HookFailure.words(signal: signal)
        }
    }
}
