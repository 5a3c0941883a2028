// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import CgroupKit
internal import LinuxSystem
internal import NamespaceKit
internal import Synchronization
internal import SystemPackage

/// A container that is set up as far as that needs no command, in a control group of its own, and waits.
///
/// It becomes one container or is discarded; it is never used again.
final class PreparedContainer: Sendable {
    /// What errors call it, and the name of its control group.
    let name: String
    let placement: CgroupPlacement
    let group: Cgroup?
    /// The number of its process on the host.
    let processID: Int32
    private let configuration: ContainerConfiguration
    /// The host's files that the front has opened by name.
    private let files: [NamedFile]
    private let launcher: Mutex<Launcher?>
    private let died = Mutex(false)

    /// Prepares a container.
    ///
    /// - Parameters:
    ///   - template: What every container of the pool has.
    ///   - name: A name that no control group has.
    /// - Throws: ``RuntimeError``. Nothing is left behind then.
    init(_ template: PoolTemplate, name: String) throws(RuntimeError) {
        let options = template.options
        let made = try CgroupPlacement(
            template.mapped.cgroup,
            by: options.cgroupManager,
            id: name,
            in: template.runtime.cgroups
        )
        let group = try made.create(container: name, isRootless: options.isRootless)
        do {
            var builder = made.builderOptions(preserved: 0)
            if group == nil { builder.placesAfterClone = false }
            // Looked at before the front opens them: what changes meanwhile is noticed later.
            files = try NamedFile.all(of: template.mapped.container)
            let front = try PlanBuilder.prepareFront(template.mapped.container, options: builder)
            let actions = Launcher.Actions(place: { processID in
                _ = try made.place(processID, in: group, container: name)
            })
            let prepared = try Launcher.prepare(
                front,
                null: SharedDescriptor(try OwnedFileDescriptor.open("/dev/null", CLINUX_O_RDWR)),
                cgroup: SharedDescriptor(try group?.makeDescriptor()),
                actions: actions,
                recordsTimes: options.timesSteps
            )
            processID = prepared.processID
            launcher = Mutex(prepared)
        } catch {
            made.remove(group)
            throw RuntimeError(any: error, container: name)
        }
        self.name = name
        self.group = group
        placement = made
        configuration = template.mapped.container
    }

    /// Whether it can still become a container: its process waits, and the names that its mounts and namespaces were
    /// opened by lead to the same files as then.
    var isUsable: Bool {
        launcher.withLock { $0?.isAlive ?? false } && files.allSatisfy(\.isSame)
    }

    /// Whether its process has ended before it became a container.
    var hasDied: Bool { died.withLock { $0 } }

    /// The memory that its process alone has, in bytes; `nil` when the kernel does not say.
    var memory: UInt64? { try? ProcessInformation.ownMemory(of: processID) }

    /// The steps that make it the container of this configuration.
    func rest(
        of requested: ContainerConfiguration,
        options: PlanBuilder.Options
    ) throws(NamespaceError) -> PreparedLaunch {
        try PlanBuilder.prepareRest(requested, decidedBefore: configuration, options: options)
    }

    /// Makes it a container that waits for its start.
    ///
    /// - Throws: ``NamespaceError``, or what an action threw; the process is gone then, the group is not. ``hasDied`` says
    ///   whether it had died before.
    func complete(
        _ rest: PreparedLaunch,
        streams: Launcher.Streams,
        preserved: [SharedDescriptor],
        actions: Launcher.Actions
    ) throws -> LaunchedProcess {
        do {
            guard let waiting = launcher.withLock({ $0.take() }) else {
                throw RuntimeError(.wrongState, "the prepared container \(name) is used up")
            }
            return try waiting.complete(rest, streams: streams, preserved: preserved, actions: actions)
        } catch let error as PreparedProcessDied {
            died.withLock { $0 = true }
            throw error
        }
    }

    /// Kills its process without waiting for the end, so that many of them end at once.
    func kill() { launcher.withLock { $0?.kill() } }

    /// Ends its process, if it did not become a container, and removes its group.
    func discard() {
        guard let waiting = launcher.withLock({ $0.take() }) else { return }
        waiting.discard()
        placement.remove(group)
    }

    deinit {
        // Only what is neither taken nor discarded is still here, when a creation fails before it gets to it.
        discard()
    }
}

/// A file of the host as a name led to it.
private struct NamedFile: Sendable {
    let path: FilePath
    let device: FileStatus.Device
    let inode: UInt64
    let mountID: UInt64

    init(_ path: FilePath) throws(SystemCallError) {
        let status = try OwnedFileDescriptor.open(path, CLINUX_O_PATH).status()
        self.path = path
        device = status.device
        inode = status.inode
        mountID = status.mountID
    }

    var isSame: Bool {
        guard let now = try? NamedFile(path) else { return false }
        return now.device == device && now.inode == inode && now.mountID == mountID
    }

    /// Every file that the front of a launch opens by its name on the host.
    static func all(of configuration: ContainerConfiguration) throws(SystemCallError) -> [NamedFile] {
        var paths: [FilePath] = []
        if case .directory(let path) = configuration.root { paths.append(path) }
        for mount in configuration.mounts {
            if case .bind(let path, _) = mount.source { paths.append(path) }
        }
        for kind in NamespaceKind.allCases {
            if case .join(let path) = configuration.namespaces[kind] { paths.append(path) }
        }
        var files: [NamedFile] = []
        for path in paths { files.append(try NamedFile(path)) }
        return files
    }
}
