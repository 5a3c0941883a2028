// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LaunchPlan

extension HostInstruction {
    /// Copies what the reader found into the host's form. The mapping is by hand so that a field that is read into the
    /// wrong place shows.
    init(_ mapped: MappedInstruction, _ reader: PlanReader) {
        let copy = Copier(reader: reader)
        switch mapped {
        case .dieWithParent(let signal): self = .dieWithParent(signal: signal)
        case .hide: self = .hide
        case .joinNamespaces(let slot, let flags): self = .joinNamespaces(slot: slot, flags: flags)
        case .unshare(let flags): self = .unshare(flags: flags)
        case .awaitHost(let point): self = .awaitHost(point: point)
        case .awaitPlacement: self = .awaitPlacement
        case .becomeRoot: self = .becomeRoot
        case .continueInChild: self = .continueInChild
        case .newSession: self = .newSession
        case .setPropagation(let value): self = .setPropagation(value)
        case .attachRoot(let source, let attributes, let place):
            self = .attachRoot(source: copy.tree(source), attributes: attributes, place: copy.text(place))
        case .mountFileSystem(let type, let options, let target, let attributes, let inheritance):
            self = .mountFileSystem(
                type: copy.text(type),
                options: copy.list(options),
                target: copy.target(target),
                attributes: attributes,
                inheritance: inheritance
            )
        case .bindMount(let source, let target, let attributes):
            self = .bindMount(source: copy.tree(source), target: copy.target(target), attributes: attributes)
        case .setMountAttributes(let path, let attributes):
            self = .setMountAttributes(path: copy.text(path), attributes: attributes)
        case .reconfigure(let path, let options):
            self = .reconfigure(path: copy.text(path), options: copy.list(options))
        case .makeDevice(let path, let mode, let major, let minor, let uid, let gid):
            self = .makeDevice(path: copy.text(path), mode: mode, major: major, minor: minor, uid: uid, gid: gid)
        case .makeDirectory(let path, let mode): self = .makeDirectory(path: copy.text(path), mode: mode)
        case .makeSymlink(let path, let destination):
            self = .makeSymlink(path: copy.text(path), destination: copy.text(destination))
        case .setContext(let path, let context):
            self = .setContext(path: copy.text(path), context: copy.text(context))
        case .prepareMasks(let options): self = .prepareMasks(options: copy.list(options))
        case .mask(let path): self = .mask(path: copy.text(path))
        case .makeReadOnly(let path): self = .makeReadOnly(path: copy.text(path))
        case .pivotRoot: self = .pivotRoot
        case .holdRoot(let source, let attributes): self = .holdRoot(source: copy.tree(source), attributes: attributes)
        case .detachMount(let path): self = .detachMount(path: copy.text(path))
        case .enterRoot: self = .enterRoot
        case .setHostname(let name): self = .setHostname(copy.text(name))
        case .setDomainname(let name): self = .setDomainname(copy.text(name))
        case .writeProcFile(let path, let value): self = .writeProcFile(path: copy.text(path), value: copy.text(value))
        case .raiseLoopback: self = .raiseLoopback
        case .setResourceLimit(let resource, let soft, let hard):
            self = .setResourceLimit(resource: resource, soft: soft, hard: hard)
        case .setPersonality(let value): self = .setPersonality(value)
        case .newSessionKeyring(let name, let permissions):
            self = .newSessionKeyring(name: copy.text(name), permissions: permissions)
        case .setScheduler(let policy, let flags, let nice, let priority, let runtime, let deadline, let period):
            self = .setScheduler(
                policy: policy,
                flags: flags,
                nice: nice,
                priority: priority,
                runtime: runtime,
                deadline: deadline,
                period: period
            )
        case .setIOPriority(let value): self = .setIOPriority(value)
        case .setMemoryPolicy(let mode, let nodes): self = .setMemoryPolicy(mode: mode, nodes: copy.text(nodes))
        case .setAffinity(let mask): self = .setAffinity(mask: copy.text(mask))
        case .enterDirectory(let slot): self = .enterDirectory(slot: slot)
        case .openProc(let slot): self = .openProc(slot: slot)
        case .openTerminal(let rows, let columns, let bind):
            self = .openTerminal(rows: rows, columns: columns, bindConsole: bind)
        case .setUmask(let mask): self = .setUmask(mask)
        case .dropBoundingSet(let keep): self = .dropBoundingSet(keep: keep)
        case .setUser(let uid, let gid, let groups, let setGroups):
            self = .setUser(uid: uid, gid: gid, groups: copy.text(groups), setGroups: setGroups)
        case .setCapabilities(let effective, let permitted, let inheritable, let ambient):
            self = .setCapabilities(
                effective: effective,
                permitted: permitted,
                inheritable: inheritable,
                ambient: ambient
            )
        case .setNoNewPrivileges: self = .setNoNewPrivileges
        case .setWorkingDirectory(let path, let mayBeDenied):
            self = .setWorkingDirectory(path: copy.text(path), mayBeDenied: mayBeDenied)
        case .findHome(let uid): self = .findHome(uid: uid)
        case .ownStreams(let uid, let hasTerminal): self = .ownStreams(uid: uid, hasTerminal: hasTerminal)
        case .installSeccomp(let filter, let flags): self = .installSeccomp(filter: copy.text(filter), flags: flags)
        case .runHook(let name, let path, let arguments, let environment, let input, let tail, let timeout, let home):
            self = .runHook(
                name: copy.text(name),
                path: copy.text(path),
                arguments: copy.list(arguments),
                environment: copy.list(environment),
                input: copy.text(input),
                tail: copy.text(tail),
                timeoutSeconds: timeout,
                addsHome: home
            )
        case .findExecutable(let candidates): self = .findExecutable(candidates: copy.list(candidates))
        case .awaitStart(let slot): self = .awaitStart(slot: slot)
        case .closeDescriptors(let first): self = .closeDescriptors(first: first)
        case .prepareProgram(let arguments, let environment):
            self = .prepareProgram(arguments: copy.list(arguments), environment: copy.list(environment))
        case .announce: self = .announce
        case .execute: self = .execute
        case .awaitPlan: self = .awaitPlan
        case .placeDescriptors(let first, let count): self = .placeDescriptors(first: first, count: count)
        }
    }
}

/// Copies texts out of a mapped plan.
private struct Copier {
    let reader: PlanReader

    func text(_ text: MappedText) -> [UInt8] {
        unsafe UnsafeRawBufferPointer(start: reader.base + text.offset, count: text.count).map { $0 }
    }

    func list(_ list: MappedList) -> [[UInt8]] {
        var texts: [[UInt8]] = []
        reader.forEach(list) { texts.append(text($0)) }
        return texts
    }

    func target(_ target: MountTarget<MappedStorage>) -> HostMountTarget {
        HostMountTarget(
            path: text(target.path),
            kind: HostMountTarget.Kind(rawValue: target.kind.rawValue) ?? .directory
        )
    }

    func tree(_ source: TreeSource<MappedStorage>) -> HostTreeSource {
        switch source {
        case .path(let path, let recursive): .path(text(path), recursive: recursive)
        case .slot(let slot): .slot(slot)
        }
    }
}
