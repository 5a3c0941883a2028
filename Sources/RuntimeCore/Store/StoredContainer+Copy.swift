// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
public import LayerUnpack
public import LinuxSystem
internal import NamespaceKit
internal import OCIRuntime
internal import SystemPackage

/// How files are copied into and out of a container.
public struct CopyOptions: Hashable, Sendable {
    /// Whether a symbolic link at the end of the source is followed, or copied as a link.
    public var followsLast = false
    /// Whom the copies belong to: to whoever copies, which is root in the container, or to whom the originals belong.
    public var owners = UnpackOptions.OwnerPolicy.caller

    /// The default options.
    public init() {}
}

/// Files into and out of a container, by the rules of `docker cp`: a file goes to the path, or into the directory there; a
/// directory becomes the path, or goes into the directory there; of a source that ends in `/.` only what is in it goes.
///
/// Paths of the container are resolved by descriptor below its root, never as text: no symbolic link in it leads out,
/// whatever its processes do meanwhile. While it runs, what is mounted in it is seen; else its own files only.
extension StoredContainer {
    /// Copies a file or directory of the host into the container.
    ///
    /// - Parameters:
    ///   - source: An absolute path of the host.
    ///   - path: Where it goes in the container.
    ///   - options: Links and owners.
    /// - Throws: ``ContainerStoreError``: `invalidOptions` when there is nothing at the source, the target's directory is
    ///   missing, or a file is where a directory is needed; `containerNotFound`, `systemCall`, `notPermitted`. What was
    ///   copied before stays.
    /// - Note: Needs root. Nobody should start the container meanwhile.
    public func copyIn(
        _ source: ByteText,
        to path: ByteText,
        options: CopyOptions = CopyOptions()
    ) throws(ContainerStoreError) {
        try copy(source, to: path, isInward: true, options)
    }

    /// Copies a file or directory of the container to the host.
    ///
    /// - Parameters:
    ///   - path: Where it is in the container.
    ///   - target: An absolute path of the host.
    ///   - options: Links and owners.
    /// - Throws: ``ContainerStoreError`` as ``copyIn(_:to:options:)``.
    /// - Note: Needs root.
    public func copyOut(
        _ path: ByteText,
        to target: ByteText,
        options: CopyOptions = CopyOptions()
    ) throws(ContainerStoreError) {
        try copy(path, to: target, isInward: false, options)
    }

    /// Writes a file or directory of the container as a tar archive, uncompressed.
    ///
    /// - Parameters:
    ///   - path: Where it is in the container. The archive's first entry has its last component as its name.
    ///   - file: Where the archive goes: a file, pipe or socket.
    ///   - options: Whether a link at the end is followed.
    /// - Throws: ``ContainerStoreError`` as ``copyIn(_:to:options:)``. `file` may have part of an archive then.
    /// - Note: Needs root.
    public func archive(
        _ path: ByteText,
        to file: borrowing OwnedFileDescriptor,
        options: CopyOptions = CopyOptions()
    ) throws(ContainerStoreError) {
        let root = try rootDirectory(isWritten: false)
        do throws(LayerUnpackError) {
            warn(
                of: try Self.copy(options).archive(
                    try CopyEnd(root.directory, path, translation: root.owners),
                    to: file
                )
            )
        } catch {
            throw Self.failure("copy out of container \(metadata.name)", error)
        }
    }

    /// Unpacks a tar archive, plain or compressed with gzip or zstd, into a directory of the container.
    ///
    /// - Parameters:
    ///   - archive: A file, which is read from its start, or a pipe or socket.
    ///   - path: The directory in the container.
    ///   - options: Owners.
    /// - Throws: ``ContainerStoreError`` as ``copyIn(_:to:options:)``, and `invalidImage` for what is wrong with the archive.
    /// - Note: Needs root. Nobody should start the container meanwhile.
    public func unpack(
        _ archive: consuming OwnedFileDescriptor,
        into path: ByteText,
        options: CopyOptions = CopyOptions()
    ) throws(ContainerStoreError) {
        let root = try rootDirectory(isWritten: true)
        do throws(LayerUnpackError) {
            try Self.copy(options).unpack(archive, into: try CopyEnd(root.directory, path, translation: root.owners))
        } catch {
            throw Self.failure("copy into container \(metadata.name)", error)
        }
    }

    /// What is in each other's way is the caller's to mend, not an image's.
    private static func failure(_ step: String, _ error: LayerUnpackError) -> ContainerStoreError {
        error.code == .notDirectory
            ? ContainerStoreError(.invalidOptions, step, cause: .layer(error)) : ContainerStoreError(step, error)
    }

    private static func copy(_ options: CopyOptions) -> TreeCopy {
        var copy = TreeCopy()
        copy.followsLast = options.followsLast
        copy.options.owners = options.owners
        return copy
    }

    private func copy(
        _ source: ByteText,
        to target: ByteText,
        isInward: Bool,
        _ options: CopyOptions
    ) throws(ContainerStoreError) {
        let step = "copy \(isInward ? "into" : "out of") container \(metadata.name)"
        guard (isInward ? source : target).bytes.first == UInt8(ascii: "/") else {
            throw ContainerStoreError(.invalidOptions, "\(step): the host's path is not absolute")
        }
        let root = try rootDirectory(isWritten: isInward)
        let host = try about(step) { () throws(SystemCallError) in try RootDirectory(at: "/") }
        let archive = try temporaryFile()
        do throws(LayerUnpackError) {
            let copy = Self.copy(options)
            if isInward {
                let end = try CopyEnd(root.directory, target, translation: root.owners)
                try copy.copy(try CopyEnd(host, source), to: end, through: archive)
            } else {
                let end = try CopyEnd(root.directory, source, translation: root.owners)
                try copy.copy(end, to: try CopyEnd(host, target), through: archive)
            }
        } catch {
            throw Self.failure(step, error)
        }
    }

    /// The root that the container's processes have, and how it shows owners; without one, a mount of its files.
    private func rootDirectory(isWritten: Bool) throws(ContainerStoreError) -> ContainerRoot {
        try checkExists()
        if let root = try runningRoot() {
            return ContainerRoot(directory: root, owners: ownerTranslation)
        }
        let tree = isWritten ? try store.mountRoot(of: metadata, isMapped: false) : try mountReadOnly()
        let root = try about("open the container's root") { () throws(SystemCallError) in
            RootDirectory(takingOver: try tree.descriptor.duplicate())
        }
        return ContainerRoot(directory: root, owners: nil)
    }

    /// Whom the container's users and groups are in its root, as the host sees it.
    private var ownerTranslation: OwnerTranslation? {
        guard let users = metadata.uidMappings, let groups = metadata.gidMappings else { return nil }
        return OwnerTranslation(users: users, groups: groups)
    }

    private func runningRoot() throws(ContainerStoreError) -> RootDirectory? {
        guard let number = try processNumber() else { return nil }
        let opened: OwnedFileDescriptor
        do throws(SystemCallError) {
            opened = try .open(FilePath("/proc/\(number)/root"), CLINUX_O_PATH | CLINUX_O_DIRECTORY)
        } catch {
            if try processNumber() == nil { return nil }
            throw ContainerStoreError("open the container's root", error)
        }
        // The number may have become another process's before it was opened, but not if the container still has it.
        guard try processNumber() == number else { return nil }
        return RootDirectory(takingOver: opened)
    }

    /// The number of the container's process while it is there.
    private func processNumber() throws(ContainerStoreError) -> Int? {
        do throws(RuntimeError) {
            let state = try store.runtime.container(id).state()
            return state.status == .stopped || state.pid == 0 ? nil : state.pid
        } catch {
            if error.code == .notFound { return nil }
            throw ContainerStoreError(error)
        }
    }
}

/// A container's root, to be copied from or to.
private struct ContainerRoot: ~Copyable {
    let directory: RootDirectory
    /// Whom the container's users and groups are there; `nil` when they are called the same.
    let owners: OwnerTranslation?
}
