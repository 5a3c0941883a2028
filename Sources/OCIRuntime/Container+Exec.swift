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
        let directory = try openState()
        let stored = try snapshot(directory)
        let isEntered = stored.record.status == .paused && options.entersPaused
        if !isEntered { try check(.exec, stored) }
        guard let handle = try handle(of: stored) else {
            throw RuntimeError(.wrongState, "cannot exec in a stopped container: container not running", container: id)
        }
        if options.consoleSocket != nil && process.terminal != true {
            throw RuntimeError(
                .invalidConfiguration,
                "a console socket was given but process.terminal is not set",
                container: id
            )
        }
        let configuration = try directory.configuration()
        let mapped = try execConfiguration(process, configuration: configuration, stored: stored)
        let placement = ExecPlacement(
            group: try cgroup(of: stored),
            unit: stored.isUnitOfUser == true ? stored.unit : nil,
            choice: options.controlGroup,
            firstProcessID: handle.processID,
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
            launched = try launch(mapped, handle: handle, placement, actions, stored, options)
        } catch {
            // The container has ended since it was looked at.
            if let error = error as? NamespaceError, error.cause?.errno == .noSuchProcess {
                throw RuntimeError(
                    .wrongState,
                    "cannot exec in a stopped container: container not running",
                    container: id
                )
            }
            throw RuntimeError(any: error, container: id, program: process.args?.first ?? "")
        }
        return try finish(launched, options)
    }

    private func execConfiguration(
        _ process: RuntimeConfiguration.Process,
        configuration: RuntimeConfiguration,
        stored: StoredState
    ) throws(RuntimeError) -> ContainerConfiguration {
        var copy = configuration
        copy.process = process
        let bundle = FilePath(stored.record.bundle)
        // What is not about the process was said at its creation.
        copy.linux?.resources?.memory?.kernel = nil
        let whole = try ConfigurationMapper.map(copy, bundle: bundle, id: id)
        runtime.warn(whole.warnings, container: id)
        var mapped = whole.container
        do throws(MappingError) {
            try ConfigurationMapper.affinity(of: process, to: &mapped.process)
        } catch { throw RuntimeError(error, container: id) }
        if stored.keepsSessionKeyring != true { mapped.sessionKeyring = Array("_ses.\(id)".utf8) }
        // What runs before a container's first program does not run again.
        mapped.hooks = []
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
            guard let other = try placement.fallback(after: error) else { throw error }
            launched = try launch(other)
        }
        do {
            let groups = (stored.resourceControlGroups ?? []).map { FilePath($0) }
            try ResourceControlTree.assign(launched.process.processID, to: groups, container: id)
            if options.keepsNewlines { launched.keepNewlines() }
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
