// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import CgroupKit
internal import LinuxSystem
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
        let unit = stored.isUnitOfUser == true ? stored.unit : nil
        let launched = try launch(mapped, handle: handle, group: try cgroup(of: stored), unit: unit, process, options)
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
        var mapped = try ConfigurationMapper.map(copy, bundle: bundle, id: id).container
        mapped.sessionKeyring = Array("_ses.\(id)".utf8)
        return mapped
    }

    private func launch(
        _ mapped: ContainerConfiguration,
        handle: borrowing ProcessHandle,
        group: Cgroup?,
        unit: String?,
        _ process: RuntimeConfiguration.Process,
        _ options: ExecOptions
    ) throws(RuntimeError) -> LaunchedProcess {
        // A user may not move a process into a unit, but the user's systemd may.
        let isUnified = group?.layout.kind == .unified && unit == nil
        var builder = PlanBuilder.Options()
        builder.placesAfterClone = group != nil && !isUnified
        builder.preservedDescriptors = UInt32(options.preservedDescriptors.count)
        do {
            let target = SharedDescriptor(try handle.descriptor.duplicate())
            let prepared = try PlanBuilder.prepareJoining(mapped, target: target, options: builder)
            let streams = Launcher.Streams(
                input: try StandardStream.resolve(options.input, 0),
                output: try StandardStream.resolve(options.output, 1),
                errors: try StandardStream.resolve(options.errors, 2)
            )
            let descriptor = isUnified ? SharedDescriptor(try group?.makeDescriptor()) : nil
            var launched = try Launcher.launch(
                prepared,
                streams: streams,
                preserved: options.preservedDescriptors,
                cgroup: descriptor,
                actions: Launcher.Actions(
                    place: group.map { group in
                        { processID in
                            if let unit {
                                try SystemdPlacement.manager(isUser: true).attach(processID: processID, to: unit)
                            } else if !isUnified {
                                try group.add(processID: processID)
                            }
                        }
                    }
                )
            )
            do throws(NamespaceError) { try launched.start() } catch {
                _ = try? launched.process.reap()
                throw error
            }
            return launched
        } catch {
            throw RuntimeError(any: error, container: id, program: process.args?.first ?? "")
        }
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
