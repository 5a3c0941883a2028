// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CgroupKit
internal import LinuxSystem
internal import Logging
internal import NamespaceKit
internal import OCISpec
internal import SystemPackage

/// One creation: from a mapped configuration to a process that waits for its start.
struct Creation {
    let id: String
    let runtime: Runtime
    let configuration: RuntimeConfiguration
    let bundle: FilePath
    let options: CreateOptions
    /// A container of a pool that waits for its command and becomes this one; `nil` makes everything now.
    var slot: PreparedContainer?

    /// Runs the creation in the container's own, locked state directory.
    func run(
        _ mapped: inout MappedContainer,
        in state: borrowing StateDirectory
    ) throws(RuntimeError) -> Container {
        AbandonedProcesses.shared.reap()
        let placement: CgroupPlacement
        if let slot {
            placement = slot.placement
        } else {
            placement = try CgroupPlacement(mapped.cgroup, by: options.cgroupManager, id: id, in: runtime.cgroups)
        }
        let tree = try mapped.resourceControl.map { (_) throws(RuntimeError) in
            try ResourceControlTree.find(runtime.resourceControlRoot, container: id)
        }
        try state.write(configuration: configuration)
        if options.offersNotifySocket {
            try state.makeNotifyDirectory()
            mapped.container.offerNotifySocket(in: runtime.root.appending(id).pushing(StateDirectory.notifyDirectory))
        }
        var stored = StoredState(record: record(mapped), bootID: try bootID(), cgroup: placement.path?.description)
        stored.unit = placement.systemd?.unit.name
        stored.isUnitOfUser = placement.systemd.flatMap { $0.isUser ? true : nil }
        stored.keepsSessionKeyring = options.keepsSessionKeyring ? true : nil
        stored.lacksLaterHooks = configuration.hooks?.hasLater == true ? nil : true
        try state.write(stored)
        let placed: PlacedGroup
        if let slot {
            placed = PlacedGroup(slot.group)
        } else {
            placed = PlacedGroup(
                try options.recorder.measure("make the control group") { () throws(RuntimeError) in
                    try placement.create(container: id, isRootless: options.isRootless)
                }
            )
        }
        do throws(RuntimeError) {
            if let tree, let request = mapped.resourceControl {
                let classes = try tree.place(request, container: id)
                stored.resourceControlGroups = classes.groups.map(\.string)
                stored.resourceControlMade = classes.made.map(\.string)
                try state.write(stored)
            }
            let launched = try launch(&mapped, placement, placed, in: state)
            let begin = options.recorder?.begin()
            let container = try finish(launched, &stored, in: state)
            if let begin { options.recorder?.note("record the container", since: begin) }
            return container
        } catch {
            slot?.discard()
            // The first error counts; the groups are empty since the process is gone.
            placement.remove(placed.group)
            ResourceControlTree.remove((stored.resourceControlMade ?? []).map { FilePath($0) })
            // Another is tried then: no container has ended yet.
            if slot?.hasDied == true { throw error }
            let input = self.state(.stopped, pid: nil).json()
            hookRunner.runPoststop(mapped.hostHooks.poststop, input: input, logger: runtime.logger)
            throw error
        }
    }

    private var hookRunner: HookRunner { HookRunner(container: id, bundle: bundle) }

    private func launch(
        _ mapped: inout MappedContainer,
        _ placement: CgroupPlacement,
        _ placed: PlacedGroup,
        in state: borrowing StateDirectory
    ) throws(RuntimeError) -> LaunchedProcess {
        var builder = placement.builderOptions(preserved: options.preservedDescriptors.count)
        let isPlaced = placed.group != nil || placement.systemd != nil
        if !isPlaced { builder.placesAfterClone = false }
        do throws(SystemCallError) {
            builder.startSocket = SharedDescriptor(
                try MessageSocket.listen(in: state.directory, name: StateDirectory.startSocket)
            )
        } catch { throw RuntimeError("make the start socket", error, container: id) }
        let hostHooks = mapped.hostHooks
        builder.runsHostHooks = !(hostHooks.prestart.isEmpty && hostHooks.createRuntime.isEmpty)
        for index in mapped.container.hooks.indices {
            let status: ContainerState.Status =
                mapped.container.hooks[index].point == .beforePivot ? .creating : .created
            let input = HookInput.split(self.state(status, pid: nil))
            mapped.container.hooks[index].input = input.front
            mapped.container.hooks[index].inputTail = input.tail
        }
        if let flags = mapped.container.process.seccomp?.flags {
            // In runc's words.
            runtime.logger?.debug("seccomp filter flags: \(flags.rawValue)")
        }
        let agent = SeccompAgent(configuration.linux?.seccomp)
        let actions = Launcher.Actions(
            place: isPlaced
                ? { processID in placed.group = try placement.place(processID, in: placed.group, container: id) } : nil,
            runHooks: { processID in
                let input = self.state(.creating, pid: Int(processID)).json()
                try hookRunner.run(hostHooks.prestart, "prestart", input: input)
                try hookRunner.run(hostHooks.createRuntime, "createRuntime", input: input)
            },
            handOver: { listener, processID in
                let state = self.state(.creating, pid: Int(processID))
                try agent?.send(listener, processID: processID, state: state)
            }
        )
        do {
            if let slot {
                let rest = try slot.rest(of: mapped.container, options: builder)
                runtime.trace(rest, container: id)
                return try slot.complete(
                    rest,
                    streams: try streams(),
                    preserved: options.preservedDescriptors,
                    actions: actions
                )
            }
            let prepared = try options.recorder.measure("plan the launch") { () throws(NamespaceError) in
                try PlanBuilder.prepare(mapped.container, options: builder)
            }
            runtime.trace(prepared, container: id)
            let descriptor = SharedDescriptor(try placed.group?.makeDescriptor())
            let streams = try streams()
            return try options.recorder.measure("spawn the init and have it set the container up") {
                try Launcher.launch(
                    prepared,
                    streams: streams,
                    preserved: options.preservedDescriptors,
                    cgroup: descriptor,
                    actions: actions,
                    recordsTimes: options.timesSteps
                )
            }
        } catch {
            let failure = RuntimeError(any: error, container: id, program: configuration.process?.args?.first ?? "")
            throw failure.explained(by: configuration.linux?.resources?.cpu)
        }
    }

    /// Hands over the terminal, records the container, and lets the init wait for the start.
    private func finish(
        _ launched: consuming LaunchedProcess,
        _ stored: inout StoredState,
        in state: borrowing StateDirectory
    ) throws(RuntimeError) -> Container {
        do throws(RuntimeError) {
            if let socket = options.consoleSocket, let terminal = launched.terminal.take() {
                try ConsoleSocket.send(terminal, to: socket, container: id)
            }
            let processID = launched.process.processID
            runtime.trace("child process in init(): process \(processID) is set up and waits", container: id)
            stored.record.pid = Int(processID)
            stored.record.status = .created
            do throws(SystemCallError) { stored.startTime = try ProcessInformation.startTime(of: processID) } catch {
                throw RuntimeError("identify the container's process", error, container: id)
            }
            try state.write(stored)
            let groups = (stored.resourceControlGroups ?? []).map { FilePath($0) }
            try ResourceControlTree.assign(processID, to: groups, container: id)
            if let pidFile = options.pidFile { try PIDFile.write(processID, to: pidFile, container: id) }
            do throws(NamespaceError) { try launched.confirm() } catch { throw RuntimeError(error, container: id) }
        } catch {
            // The first error counts.
            try? launched.process.send(signal: 9)
            _ = try? launched.process.reap()
            throw error
        }
        return Container(id: id, runtime: runtime, launched: launched)
    }

    private func streams() throws(SystemCallError) -> Launcher.Streams {
        Launcher.Streams(
            input: try StandardStream.resolve(options.input, 0),
            output: try StandardStream.resolve(options.output, 1),
            errors: try StandardStream.resolve(options.errors, 2)
        )
    }

    private func bootID() throws(RuntimeError) -> String {
        do throws(SystemCallError) { return try ProcessInformation.bootID() } catch {
            throw RuntimeError("identify this boot", error, container: id)
        }
    }

    private func record(_ mapped: MappedContainer) -> ContainerRecord {
        let rootfs: String =
            switch mapped.container.root {
            case .directory(let path): path.string
            case .host, .detached: ""
            }
        return ContainerRecord(
            ociVersion: Runtime.specificationVersion,
            id: id,
            pid: 0,
            status: .creating,
            bundle: bundle.string,
            rootfs: rootfs,
            created: WallClock.now,
            owner: "",
            annotations: configuration.annotations
        )
    }

    private func state(_ status: ContainerState.Status, pid: Int?) -> ContainerState {
        ContainerState(
            ociVersion: Runtime.specificationVersion,
            id: id,
            status: status,
            pid: pid,
            bundle: bundle.string,
            annotations: configuration.annotations
        )
    }
}

/// The control group of a creation: there from the beginning, or made by systemd together with the process.
private final class PlacedGroup {
    var group: Cgroup?

    init(_ group: Cgroup?) { self.group = group }
}
