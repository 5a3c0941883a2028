// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LaunchPlan
internal import LinuxSystem
internal import SystemPackage

/// The part of a plan that builds the root file system.
extension PlanBuilder {
    mutating func addMounts() throws(NamespaceError) {
        if configuration.namespaces.mount != .host {
            // The container's tree never sends mounts back to the host's, whatever it is to receive: pivot_root(2) and
            // what is attached before would travel. What it shares with the host was copied before this.
            let isKeptApart =
                configuration.rootPropagation.map { $0.kind == .private || $0.kind == .unbindable } ?? false
            add(.setPropagation(MountPropagation(isKeptApart ? .private : .slave).flag))
        }
        guard configuration.root != .host else { return }
        try checkMountContext()
        if !configuration.maskedPaths.isEmpty { add(.prepareMasks(options: labelled([], of: "tmpfs"))) }
        try addRoot()
        for index in configuration.mounts.indices { try addMount(index) }
        for device in configuration.devices { try add(device) }
        for link in configuration.links { add(.makeSymlink(path: link.path.bytes, destination: link.destination)) }
        addPlacement()
        if options.runsHostHooks {
            launch.awaitsHooks = true
            add(.awaitHost(point: PreparedLaunch.hooksPoint))
        }
        addHooks(at: .beforePivot)
        let directory = configuration.process.workingDirectory
        if directory != "/" { add(.makeDirectory(path: directory.bytes, mode: 0o755)) }
        if let size = configuration.process.terminal { add(terminal(size, bindsConsole: true)) }
        for path in configuration.readOnlyPaths { add(.makeReadOnly(path: path.bytes)) }
        var masked: Set<FilePath> = []
        for path in configuration.maskedPaths where masked.insert(path).inserted { add(.mask(path: path.bytes)) }
        if configuration.mounts.contains(where: becomesReadOnlyLater) {
            add(.setMountAttributes(path: Self.devices.bytes, attributes: .init(set: MountFlags.readOnly.rawValue)))
        }
        if configuration.rootIsReadOnly {
            add(.setMountAttributes(path: Array("/".utf8), attributes: .init(set: MountFlags.readOnly.rawValue)))
        }
        try addRootChange()
        if let propagation = configuration.rootPropagation, [.shared, .unbindable].contains(propagation.kind) {
            add(.setMountAttributes(path: Array("/".utf8), attributes: .init(propagation)))
        }
    }

    mutating func addHooks(at point: LaunchHook.Point) {
        for hook in configuration.hooks where hook.point == point {
            add(
                .runHook(
                    name: Array(hook.name.utf8),
                    path: hook.path.bytes,
                    arguments: hook.arguments,
                    environment: hook.environment,
                    input: hook.input,
                    tail: hook.inputTail,
                    timeoutSeconds: hook.timeoutSeconds,
                    addsHome: hook.inheritsHome ? 1 : 0
                )
            )
        }
    }

    func terminal(_ size: TerminalSize, bindsConsole: Bool) -> HostInstruction {
        .openTerminal(rows: UInt32(size.rows), columns: UInt32(size.columns), bindConsole: bindsConsole ? 1 : 0)
    }

    private mutating func addRoot() throws(NamespaceError) {
        // The root itself hears of the host's mounts only when it is told to; what is mounted below it may.
        let isSlave = configuration.rootPropagation?.kind == .slave
        let alone = MountPropagation(.private).flag
        let attributes = MountAttributes(propagation: isSlave ? 0 : alone)
        let tree: HostTreeSource
        var place: [UInt8] = []
        switch configuration.root {
        case .host: return
        case .directory(let path):
            tree = try source(path, recursive: true, propagation: sourcePropagation, step: "open root \(path)")
            let hasHooks = options.runsHostHooks || configuration.hooks.contains { $0.point == .beforePivot }
            if hasHooks || configuration.mounts.indices.contains(where: takesSourceFromContainer) { place = path.bytes }
        case .detached(let mount): tree = try source(mount)
        }
        add(
            configuration.sharesMountNamespace
                ? .holdRoot(source: tree, attributes: .init(recursivePropagation: alone))
                : .attachRoot(source: tree, attributes: attributes, place: place)
        )
    }

    private static let devices: FilePath = "/dev"

    /// Mounts, nodes, links and the console are still to be made in a read-only `/dev`.
    private func becomesReadOnlyLater(_ mount: ContainerMount) -> Bool {
        guard case .fileSystem = mount.source, !configuration.sharesMountNamespace else { return false }
        return mount.destination == Self.devices && mount.set.contains(.readOnly)
    }

    private mutating func addRootChange() throws(NamespaceError) {
        if configuration.sharesMountNamespace {
            add(.enterRoot)
        } else if configuration.pivotsRoot {
            add(.pivotRoot)
        } else {
            for path in try Self.wholeKernelMounts() { add(.detachMount(path: path)) }
            add(.enterRoot)
        }
    }

    /// Where the host has a whole procfs or sysfs, the innermost first.
    private static func wholeKernelMounts() throws(NamespaceError) -> [[UInt8]] {
        do throws(SystemCallError) {
            return try MountInfoEntry.current()
                .filter { $0.root == "/" && ($0.fileSystem == "proc" || $0.fileSystem == "sysfs") }
                .map { $0.mountPoint.bytes }.reversed()
        } catch { throw NamespaceError("find the host's procfs mounts", error) }
    }

    private mutating func addMount(_ index: Int) throws(NamespaceError) {
        let mount = configuration.mounts[index]
        if mount.copiesContent || mount.source == .cgroup && configuration.namespaces.cgroup != .host { addPlacement() }
        let step = "bind mount at \(mount.destination)"
        switch mount.source {
        case .bind(let path, let recursive) where takesSourceFromContainer(index):
            if mount.mapping != nil {
                throw NamespaceError(
                    .unsupported,
                    step: "\(step): the source is in an earlier mount of the container, which cannot be id-mapped"
                )
            }
            add(
                .bindMount(
                    source: .path(path.bytes, recursive: recursive),
                    target: .init(path: mount.destination.bytes, kind: kindWithinContainer(path, before: index)),
                    attributes: attributes(mount)
                )
            )
        case .bind(let path, let recursive):
            let kind = try sourceKind(path, step: step)
            add(
                .bindMount(
                    source: try source(
                        path,
                        recursive: recursive,
                        propagation: sourcePropagation,
                        mapping: mount.mapping,
                        step: step
                    ),
                    target: .init(path: mount.destination.bytes, kind: kind),
                    attributes: attributes(mount)
                )
            )
        case .detached(let tree):
            let kind: MountTarget<HostStorage>.Kind
            do throws(SystemCallError) {
                kind = try tree.descriptor.status().kind == .directory ? .directory : .file
            } catch { throw NamespaceError(step, error) }
            add(
                .bindMount(
                    source: try source(tree),
                    target: .init(path: mount.destination.bytes, kind: kind),
                    attributes: attributes(mount)
                )
            )
        case .fileSystem(let type, let options):
            let real = type == "proc" || type == "sysfs"
            add(
                .mountFileSystem(
                    type: Array(type.utf8),
                    options: labelled(options, of: type),
                    target: .init(path: mount.destination.bytes, kind: real ? .realDirectory : .directory),
                    attributes: attributes(mount),
                    inheritance: inheritance(mount, type, options)
                )
            )
            if case .attribute(let context) = labelling(of: type, options: options) {
                add(.setContext(path: mount.destination.bytes, context: context))
            }
        case .cgroup: try addCgroup(mount)
        case .remount(let options):
            if !options.isEmpty { add(.reconfigure(path: mount.destination.bytes, options: options)) }
            add(.setMountAttributes(path: mount.destination.bytes, attributes: attributes(mount)))
        }
    }

    /// On cgroup v2 one file system; on v1 a tmpfs with one directory for each hierarchy.
    private mutating func addCgroup(_ mount: ContainerMount) throws(NamespaceError) {
        let destination = mount.destination
        if let unified = options.cgroupMounts.first(where: { $0.directory.isEmpty }) {
            add(try hierarchy(unified, at: destination, attributes: attributes(mount)))
            return
        }
        var holder = attributes(mount)
        holder.set &= ~MountFlags.readOnly.rawValue
        add(
            .mountFileSystem(
                type: Array("tmpfs".utf8),
                options: labelled([Array("source=tmpfs".utf8), Array("mode=755".utf8)], of: "tmpfs"),
                target: .init(path: destination.bytes, kind: .directory),
                attributes: holder,
                inheritance: []
            )
        )
        for entry in options.cgroupMounts {
            add(try hierarchy(entry, at: destination.appending(entry.directory), attributes: attributes(mount)))
            for link in entry.links {
                add(
                    .makeSymlink(
                        path: destination.appending(link).bytes,
                        destination: Array(entry.directory.utf8)
                    )
                )
            }
        }
        if mount.set.contains(.readOnly) && configuration.sharesMountNamespace {
            add(.reconfigure(path: destination.bytes, options: [Array("ro".utf8)]))
        } else if mount.set.contains(.readOnly) {
            add(
                .setMountAttributes(
                    path: destination.bytes,
                    attributes: .init(set: MountFlags.readOnly.rawValue)
                )
            )
        }
    }

    private mutating func hierarchy(
        _ entry: CgroupMount,
        at destination: FilePath,
        attributes: MountAttributes
    ) throws(NamespaceError) -> HostInstruction {
        let target = HostMountTarget(path: destination.bytes, kind: .directory)
        if configuration.namespaces.cgroup == .host {
            let tree = try source(entry.hostDirectory, recursive: false, step: "bind cgroup at \(destination)")
            return .bindMount(source: tree, target: target, attributes: attributes)
        }
        return .mountFileSystem(
            type: Array(entry.type.utf8),
            // What the mount table shows as the source, as with runc.
            options: [Array("source=cgroup".utf8)] + entry.options.map { Array($0.utf8) },
            target: target,
            attributes: attributes,
            inheritance: []
        )
    }

    /// As runtimes do, a tmpfs has the permissions of the directory that it hides, unless it is told others.
    private func inheritance(_ mount: ContainerMount, _ type: String, _ options: [[UInt8]]) -> Inheritance {
        let hasMode = options.contains { $0.starts(with: Array("mode=".utf8)) }
        let mode: Inheritance = type == "tmpfs" && !hasMode ? .mode : []
        return mount.copiesContent ? mode.union(.content) : mode
    }

    private func attributes(_ mount: ContainerMount) -> MountAttributes {
        var result = MountAttributes(
            set: becomesReadOnlyLater(mount) ? mount.set.subtracting(.readOnly).rawValue : mount.set.rawValue,
            clear: mount.clear.rawValue,
            recursiveSet: mount.recursiveSet.rawValue,
            recursiveClear: mount.recursiveClear.rawValue
        )
        // The kernel wants all access time bits cleared when one is set.
        let times = MountFlags.accessTimeMask.rawValue
        if result.set & times != 0 { result.clear |= times }
        if result.recursiveSet & times != 0 { result.recursiveClear |= times }
        if let propagation = mount.propagation {
            let wish = MountAttributes(propagation)
            (result.propagation, result.recursivePropagation) = (wish.propagation, wish.recursivePropagation)
        }
        return result
    }

    /// A node of our own where the process may make devices; in a user namespace the host's node is bind mounted.
    private mutating func add(_ device: DeviceNode) throws(NamespaceError) {
        if configuration.namespaces.user == .host || device.kind == .fifo {
            // Clients list the host's nodes, some of which are in directories: /dev/cpu/0/cpuid.
            let directory = device.path.removingLastComponent()
            if directory != "/" && directory != "/dev" { add(.makeDirectory(path: directory.bytes, mode: 0o755)) }
            add(
                .makeDevice(
                    path: device.path.bytes,
                    mode: device.mode,
                    major: device.major,
                    minor: device.minor,
                    uid: device.uid,
                    gid: device.gid
                )
            )
            return
        }
        let tree = try source(device.path, recursive: false, step: "bind device \(device.path)")
        add(.bindMount(source: tree, target: .init(path: device.path.bytes, kind: .file), attributes: .init()))
    }
}

extension MountAttributes {
    /// Attributes that only say how mount events travel.
    init(_ propagation: MountPropagation) {
        self.init(
            propagation: propagation.recursive ? 0 : propagation.flag,
            recursivePropagation: propagation.recursive ? propagation.flag : 0
        )
    }
}
