// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import CgroupKit
internal import LinuxSystem
internal import Logging
internal import NamespaceKit
public import OCISpec
internal import SystemPackage

extension Container {
    /// Runs another process in the container.
    ///
    /// It goes through the same steps as the container's first process, in the namespaces of that process, so it is
    /// confined as much: filter, capabilities, no_new_privs, limits, control group. Returns when the program runs.
    ///
    /// - Parameters:
    ///   - process: The process, as `config.json` would describe it.
    ///   - options: Streams, terminal and the like.
    /// - Returns: The process, which runs.
    /// - Throws: ``RuntimeError``: `wrongState`, `executableNotFound`, `executableNotPermitted`, `launchFailed`.
    ///   Nothing is left behind then.
    public func exec(
        _ process: RuntimeConfiguration.Process,
        options: ExecOptions = ExecOptions()
    ) throws(RuntimeError) -> ExecProcess {
        let joined = try joined(options)
        return try exec(process, joined, options)
    }

    /// Runs another process in the container that takes after its first one.
    ///
    /// The stored configuration is read once, where ``configuration()`` and ``exec(_:options:)`` would read it twice.
    ///
    /// - Parameters:
    ///   - options: Streams, terminal and the like.
    ///   - describe: Makes the process of the container's first, as `config.json` describes that; `nil` when it has
    ///     none.
    /// - Returns: The process, which runs.
    /// - Throws: What `describe` throws, else ``RuntimeError`` as ``exec(_:options:)``. Nothing is left behind then.
    public func exec(
        options: ExecOptions = ExecOptions(),
        describedBy describe: (RuntimeConfiguration.Process?) throws -> RuntimeConfiguration.Process
    ) throws -> ExecProcess {
        let joined = try joined(options)
        return try exec(try describe(joined.configuration.process), joined, options)
    }

    /// The container as an added process finds it.
    private struct Joined: ~Copyable {
        let stored: StoredState
        let handle: ProcessHandle
        let configuration: ExecConfiguration
    }

    /// Looks whether a process can be added now.
    private func joined(_ options: ExecOptions) throws(RuntimeError) -> Joined {
        let directory = try openState()
        var handle: ProcessHandle?
        let stored = try snapshot(directory, handle: &handle)
        let isEntered = stored.record.status == .paused && options.entersPaused
        if !isEntered { try check(.exec, stored) }
        guard let handle = handle.take() else { throw notRunning }
        return Joined(stored: stored, handle: handle, configuration: try directory.execConfiguration())
    }

    private var notRunning: RuntimeError {
        RuntimeError(.wrongState, "cannot exec in a stopped container: container not running", container: id)
    }

    private func exec(
        _ process: RuntimeConfiguration.Process,
        _ joined: borrowing Joined,
        _ options: ExecOptions
    ) throws(RuntimeError) -> ExecProcess {
        let stored = joined.stored
        let configuration = joined.configuration
        if options.consoleSocket != nil && process.terminal != true {
            throw RuntimeError(
                .invalidConfiguration,
                "a console socket was given but process.terminal is not set",
                container: id
            )
        }
        let mapped = try map(process, configuration, stored)
        let placement = ExecPlacement(
            group: try cgroup(of: stored),
            unit: stored.isUnitOfUser == true ? stored.unit : nil,
            choice: options.controlGroup,
            firstProcessID: joined.handle.processID,
            id: id
        )
        let agent = SeccompAgent(configuration.linux?.seccomp)
        let launched: LaunchedProcess
        do throws(any Error) {
            let actions = Launcher.Actions(
                place: { processID in try placement.add(processID) },
                handOver: { listener, processID in
                    try agent?.send(listener, processID: processID, state: self.state(.running, stored))
                }
            )
            launched = try launch(mapped, handle: joined.handle, placement, actions, stored, options)
        } catch {
            // The container has ended since it was looked at: what was to be joined is gone, whatever missed it first. Its
            // first process ends a moment after the others.
            let patience: Int32 = (error as? NamespaceError)?.meansDeath == true ? 1000 : 0
            if (try? joined.handle.waitForEnd(milliseconds: patience)) == true { throw notRunning }
            throw RuntimeError(any: error, container: id, program: process.args?.first ?? "")
        }
        return try finish(launched, options)
    }

    private func map(
        _ process: RuntimeConfiguration.Process,
        _ configuration: ExecConfiguration,
        _ stored: StoredState
    ) throws(RuntimeError) -> ContainerConfiguration {
        let bundle = FilePath(stored.record.bundle)
        let whole = try ConfigurationMapper.map(configuration.configuration(running: process), bundle: bundle, id: id)
        runtime.warn(whole.warnings, container: id)
        var mapped = whole.container
        do throws(MappingError) {
            try ConfigurationMapper.affinity(of: process, to: &mapped.process)
        } catch { throw RuntimeError(error, container: id) }
        if stored.keepsSessionKeyring != true { mapped.sessionKeyring = Array("_ses.\(id)".utf8) }
        if let flags = mapped.process.seccomp?.flags {
            runtime.logger?.debug("seccomp filter flags: \(flags.rawValue)")
        }
        return mapped
    }

    private func launch(
        _ mapped: ContainerConfiguration,
        handle: borrowing ProcessHandle,
        _ placement: ExecPlacement,
        _ actions: Launcher.Actions,
        _ stored: StoredState,
        _ options: ExecOptions
    ) throws -> LaunchedProcess {
        var builder = PlanBuilder.Options()
        builder.placesAfterClone = placement.placesAfterClone
        builder.preservedDescriptors = UInt32(options.preservedDescriptors.count)
        builder.opensSourcesOnHost = HostPrivilege.isAdministrator
        let target = SharedDescriptor(try handle.descriptor.duplicate())
        let prepared = try PlanBuilder.prepareJoining(mapped, target: target, options: builder)
        runtime.trace(prepared, container: id)
        if let initial = mapped.process.initialAffinity {
            // In runc's words.
            runtime.trace("nsexec: affinity: 0x\(initial.hexadecimal)", container: id)
        }
        let streams = Launcher.Streams(
            input: try StandardStream.resolve(options.input, 0),
            output: try StandardStream.resolve(options.output, 1),
            errors: try StandardStream.resolve(options.errors, 2)
        )
        func launch(_ group: SharedDescriptor?) throws -> LaunchedProcess {
            try Launcher.launch(
                prepared,
                streams: streams,
                preserved: options.preservedDescriptors,
                cgroup: group,
                actions: actions
            )
        }
        var launched: LaunchedProcess
        do { launched = try launch(try placement.birthGroup()) } catch {
            guard let other = try placement.fallback(after: error) else { throw placement.refusal(error) }
            launched = try launch(other)
        }
        do {
            let groups = (stored.resourceControlGroups ?? []).map { FilePath($0) }
            try ResourceControlTree.assign(launched.process.processID, to: groups, container: id)
            if options.keepsNewlines { launched.keepNewlines() }
            runtime.trace("child process in init(): process \(launched.process.processID) is set up", container: id)
            runtime.trace("setns_init: about to exec", container: id)
            try launched.start()
        } catch {
            // Ended already is as good.
            try? launched.process.send(signal: CLINUX_SIGKILL)
            _ = try? launched.process.reap()
            throw error
        }
        return launched
    }

    private func finish(
        _ launched: consuming LaunchedProcess,
        _ options: ExecOptions
    ) throws(RuntimeError) -> ExecProcess {
        do throws(RuntimeError) {
            if let socket = options.consoleSocket, let terminal = launched.terminal.take() {
                try ConsoleSocket.send(terminal, to: socket, container: id)
            }
            if let file = options.pidFile { try PIDFile.write(launched.process.processID, to: file, container: id) }
        } catch {
            // The first error counts.
            try? launched.process.send(signal: CLINUX_SIGKILL)
            _ = try? launched.process.reap()
            throw error
        }
        return ExecProcess(launched, container: id)
    }
}
