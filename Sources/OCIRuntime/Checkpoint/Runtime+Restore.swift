// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import CgroupKit
internal import LinuxSystem
internal import NamespaceKit
internal import OCISpec
public import SystemPackage

extension Runtime {
    /// Makes a container from a bundle and the images of a checkpoint: its processes go on where they were.
    ///
    /// - Parameters:
    ///   - id: The container's id, unique below ``root``.
    ///   - bundle: The directory with `config.json`.
    ///   - options: Where the images are, and what is restored.
    ///   - pidFile: A file that gets the process's number, without a line break.
    /// - Returns: The container, `running`; its process is a child of this process.
    /// - Throws: ``RuntimeError``: `unsupported` without criu and for a process with a terminal, `checkpointFailed` with
    ///   what criu said. Nothing is left behind then but criu's log.
    /// - Note: Needs root, and a kernel that criu knows.
    public func restore(
        _ id: String,
        bundle: FilePath,
        options: CheckpointOptions,
        pidFile: FilePath? = nil
    ) throws(RuntimeError) -> Container {
        try ContainerIdentifier.check(id)
        let bundle = try BundleReader.absolute(bundle)
        let configuration = try BundleReader.configuration(of: bundle)
        let mapped = try mapped(configuration, bundle: bundle, id: id, options: CreateOptions())
        try CheckpointFiles.refuseTerminal(configuration, container: id)
        let criu = try CRIU(container: id)
        let stateRoot = try openRoot()
        let state = try StateDirectory.create(id, in: stateRoot)
        do throws(RuntimeError) {
            try state.directory.write(configuration: configuration)
            let restoration = Restoration(
                id: id,
                runtime: self,
                configuration: configuration,
                bundle: bundle,
                options: options,
                pidFile: pidFile
            )
            let container = try restoration.run(mapped, with: criu, in: state.directory)
            extendLifetime(state)
            return container
        } catch {
            // The first error counts; what cannot be removed now is removed by `delete --force`.
            try? state.remove()
            throw error
        }
    }
}

/// One restoration in a state directory of its own.
private struct Restoration {
    let id: String
    let runtime: Runtime
    let configuration: RuntimeConfiguration
    let bundle: FilePath
    let options: CheckpointOptions
    let pidFile: FilePath?

    func run(
        _ mapped: MappedContainer,
        with criu: CRIU,
        in state: borrowing StateDirectory
    ) throws(RuntimeError) -> Container {
        guard case .directory(let root) = mapped.container.root else {
            throw RuntimeError(.invalidConfiguration, "root.path is required to restore", container: id)
        }
        let log = try CheckpointFiles.prepare(options, makesImages: false, isDump: false, container: id)
        let streams = try CheckpointFiles.streams(in: options.images, container: id)
        let network = try CheckpointFiles.networkNamespace(configuration, container: id)
        let placement = try CgroupPlacement(mapped.cgroup, by: .fileSystem, id: id, in: runtime.cgroups)
        let group = try placement.create(container: id, isRootless: nil)
        do throws(RuntimeError) {
            let own = runtime.root.appending(id)
            let (mount, empty) = try makeDirectories(in: state)
            let place = try TemporaryMount(of: root, at: own.pushing(mount), container: id)
            let arguments = CRIUArguments.restore(
                options,
                root: place.path,
                configuration: configuration,
                bundle: bundle,
                pidFile: own.appending("criu.pid"),
                emptyDirectory: own.pushing(empty),
                isDirectory: { isDirectory($0, below: root) },
                streams: streams,
                network: network == nil ? nil : 3
            )
            try criu.run(arguments, log: log, preserved: network.map { [$0.descriptor] } ?? [], group: group)
            extendLifetime(place)
            return try record(root, placement, in: state)
        } catch {
            // The first error counts; the group is empty since nothing was restored.
            try? group?.remove()
            throw error
        }
    }

    private func makeDirectories(in state: borrowing StateDirectory) throws(RuntimeError) -> (FilePath, FilePath) {
        do throws(SystemCallError) {
            for name: FilePath in ["criu-root", "criu-empty"] { try state.directory.makeDirectory(name, mode: 0o755) }
            return ("criu-root", "criu-empty")
        } catch { throw RuntimeError("make directories to restore in", error, container: id) }
    }

    private func isDirectory(_ path: String, below root: FilePath) -> Bool {
        // What is not there is on a file system that criu makes, procfs or sysfs, where masks are known.
        if path.hasPrefix("/proc/") || path.hasPrefix("/sys/") {
            return (try? OwnedFileDescriptor.open(FilePath(path), CLINUX_O_PATH).status().kind) == .directory
        }
        return (try? RootDirectory(at: root).status(FilePath(path)).kind) == .directory
    }

    /// Notes the process that criu has left behind.
    private func record(
        _ root: FilePath,
        _ placement: CgroupPlacement,
        in state: borrowing StateDirectory
    ) throws(RuntimeError) -> Container {
        do throws(SystemCallError) {
            let text = String(decoding: try state.directory.readFile("criu.pid"), as: UTF8.self)
            guard let processID = Int32(text.filter { $0.isNumber }) else {
                throw SystemCallError(call: "read", path: "criu.pid", errno: .invalidArgument)
            }
            let process = try ProcessHandle(processID: processID)
            let record = ContainerRecord(
                ociVersion: Runtime.specificationVersion,
                id: id,
                pid: Int(processID),
                status: .created,
                bundle: bundle.string,
                rootfs: root.string,
                created: WallClock.now,
                owner: "",
                annotations: configuration.annotations
            )
            let stored = StoredState(
                record: record,
                startTime: try ProcessInformation.startTime(of: processID),
                bootID: try ProcessInformation.bootID(),
                cgroup: placement.path?.description
            )
            try state.directory.replaceFile(StateDirectory.stateFile, stored.json(), flushed: false)
            if let pidFile {
                do throws(RuntimeError) { try PIDFile.write(processID, to: pidFile, container: id) } catch {
                    try process.send(signal: CLINUX_SIGKILL)
                    throw SystemCallError(call: "openat", path: pidFile, errno: error.cause?.errno ?? .ioError)
                }
            }
            return Container(id: id, runtime: runtime, launched: try LaunchedProcess(adopting: process))
        } catch { throw RuntimeError("record the restored process", error, container: id) }
    }
}

/// A bind mount that goes away with its owner: criu wants a root that is a mount.
private struct TemporaryMount: ~Copyable {
    let path: FilePath

    init(of source: FilePath, at path: FilePath, container: String) throws(RuntimeError) {
        do throws(SystemCallError) {
            let tree = try MountHandle.clone(source, recursive: true, propagation: UInt64(CLINUX_MS_PRIVATE))
            let number = tree.rawValue
            try systemCall("move_mount", path: path) {
                path.withCString {
                    unsafe clinux_move_mount(
                        number,
                        "",
                        CLINUX_AT_FDCWD,
                        $0,
                        UInt32(CLINUX_MOVE_MOUNT_F_EMPTY_PATH)
                    )
                }
            }
            extendLifetime(tree)
        } catch { throw RuntimeError("mount the root to restore in", error, container: container) }
        self.path = path
    }

    deinit { _ = path.withCString { unsafe clinux_umount2($0, CLINUX_MNT_DETACH) } }
}
