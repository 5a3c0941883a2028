// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import CgroupKit
internal import LinuxSystem
internal import NamespaceKit
internal import OCISpec
internal import SystemPackage

extension Container {
    /// Saves the container's processes to images that ``Runtime/restore(_:bundle:options:pidFile:)`` makes them from.
    ///
    /// The program criu(8) does it. Unless they are to go on running, the processes are gone then; the container is left,
    /// stopped, to be deleted.
    ///
    /// - Parameter options: Where the images go, and what is saved.
    /// - Throws: ``RuntimeError``: `wrongState` unless the container runs or is paused, `unsupported` without criu and for
    ///   a process with a terminal, `checkpointFailed` with what criu said. The container goes on as it was then.
    /// - Note: Needs root, and a kernel that criu knows.
    public func checkpoint(_ options: CheckpointOptions) throws(RuntimeError) {
        let directory = try openState()
        let lock = try directory.lock()
        let stored = try snapshot(directory)
        try check(.checkpoint, stored)
        let configuration = try directory.configuration()
        try CheckpointFiles.refuseTerminal(configuration, container: id)
        let criu = try CRIU(container: id)
        let log = try CheckpointFiles.prepare(options, makesImages: true, isDump: true, container: id)
        let arguments = CRIUArguments.dump(
            options,
            processID: stored.record.pid,
            configuration: configuration,
            freezer: try cgroup(of: stored).flatMap(Self.freezer),
            networkInode: try CheckpointFiles.networkNamespace(configuration, container: id)?.inode
        )
        if !options.isPreDump {
            try CheckpointFiles.writeStreams(of: stored.record.pid, to: options.images, container: id)
        }
        try criu.run(arguments, log: log, preserved: try statusDescriptor(options))
        extendLifetime(lock)
    }

    private func statusDescriptor(_ options: CheckpointOptions) throws(RuntimeError) -> [SharedDescriptor] {
        guard let number = options.statusDescriptor else { return [] }
        do throws(SystemCallError) { return [try StandardStream.duplicate(number)] } catch {
            throw RuntimeError("pass the status descriptor \(number)", error, container: id)
        }
    }

    /// The group's directory where it is frozen.
    private static func freezer(_ group: Cgroup) -> FilePath? {
        let hierarchies = group.layout.hierarchies
        let hierarchy =
            hierarchies.first { $0.controllers.contains(.freezer) } ?? hierarchies.first { $0.version == .v2 }
        return hierarchy?.mountPoint.appending(group.path.filePath.components)
    }
}

/// Files beside criu's images.
enum CheckpointFiles {
    /// What the standard streams were, as runc notes it.
    private static let streamsFile: FilePath = "descriptors.json"

    /// Only criu's protocol can hand a terminal's host side over.
    static func refuseTerminal(_ configuration: RuntimeConfiguration, container: String) throws(RuntimeError) {
        guard configuration.process?.terminal == true else { return }
        throw RuntimeError(
            .unsupported,
            "a process with a terminal cannot be checkpointed or restored",
            container: container,
            hint: "run it with process.terminal false"
        )
    }

    /// Makes the directories.
    ///
    /// - Returns: The path of criu's log.
    static func prepare(
        _ options: CheckpointOptions,
        makesImages: Bool,
        isDump: Bool,
        container: String
    ) throws(RuntimeError) -> FilePath {
        if let parent = options.parent, parent.isAbsolute {
            throw RuntimeError(
                .invalidConfiguration,
                "the parent path must be relative to the images",
                container: container
            )
        }
        do throws(SystemCallError) {
            let wanted = (makesImages ? [options.images] : []) + (options.work.map { [$0] } ?? [])
            for path in wanted {
                let start = try RootDirectory(at: path.isAbsolute ? "/" : ".")
                try start.makeDirectories(FilePath(root: nil, path.components), mode: 0o700)
            }
            _ = try RootDirectory(at: options.images)
        } catch { throw RuntimeError("prepare the directories of the checkpoint", error, container: container) }
        return (options.work ?? options.images).appending(CRIUArguments.logFile(dump: isDump))
    }

    /// A network namespace that is not the container's own.
    static func networkNamespace(
        _ configuration: RuntimeConfiguration,
        container: String
    ) throws(RuntimeError) -> (descriptor: SharedDescriptor, inode: UInt64)? {
        let namespace = configuration.linux?.namespaces?.first { $0.type == .network }
        guard let path = namespace?.path, !path.isEmpty else { return nil }
        do throws(SystemCallError) {
            let descriptor = SharedDescriptor(try OwnedFileDescriptor.open(FilePath(path), CLINUX_O_RDONLY))
            return (descriptor, try descriptor.descriptor.status().inode)
        } catch { throw RuntimeError("open the network namespace", error, container: container) }
    }

    static func writeStreams(of processID: Int, to images: FilePath, container: String) throws(RuntimeError) {
        do throws(SystemCallError) {
            let descriptors = try RootDirectory(at: FilePath("/proc/\(processID)/fd"))
            var targets: [String] = []
            for number in 0...2 {
                let target = try descriptors.readLink(FilePath("\(number)")) ?? []
                targets.append(String(decoding: target, as: UTF8.self))
            }
            try RootDirectory(at: images).replaceFile(streamsFile, targets.json(), mode: 0o600)
        } catch { throw RuntimeError("note the standard streams", error, container: container) }
    }

    static func streams(in images: FilePath, container: String) throws(RuntimeError) -> [String] {
        let bytes: [UInt8]
        do throws(SystemCallError) { bytes = try RootDirectory(at: images).readFile(streamsFile) } catch {
            throw RuntimeError("read the standard streams of the checkpoint", error, container: container)
        }
        do throws(JSONError) { return try [String](json: bytes) } catch {
            throw RuntimeError(.checkpointFailed, "\(images)/\(streamsFile): \(error)", container: container)
        }
    }
}
