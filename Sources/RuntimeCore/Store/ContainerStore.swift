// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
public import ImageLayout
public import LayerUnpack
internal import LinuxSystem
public import Logging
public import OCIRuntime
public import SystemPackage

/// A directory with images, their unpacked layers, and the containers made from them.
///
/// ```
/// images/          an OCI image layout
/// snapshots/       unpacked layers, shared by all containers
/// containers/ID/   one container: container.json, config.json (an OCI bundle), what it has written (upper), or its
///                  copy of the image where there is no overlayfs (rootfs)
/// mounts/ID/       a view of an image that is mounted: mount.json
/// owners/ID        a file locked by the process that makes the container, or that it is scoped to
/// names/NAME       a symbolic link whose text is the container's id
/// state/           the runtime's state
/// ```
///
/// There is no daemon: any number of processes may use one store at a time.
public final class ContainerStore: Sendable {
    /// Where the store is.
    public let path: FilePath
    /// The images.
    public let images: ImageLayoutDirectory
    /// The unpacked layers.
    public let snapshots: SnapshotStore
    /// The runtime that the containers run in.
    public let runtime: Runtime
    /// Where the root file systems of new containers come from.
    public let roots: RootPolicy
    /// Where warnings go.
    let logger: Logger?

    /// Where the root file systems of new containers come from.
    public enum RootPolicy: Hashable, Sendable {
        /// From overlayfs, or from copies where overlayfs cannot be mounted.
        case automatic
        /// From overlayfs only.
        case overlay
        /// From copies of the image's files, one for each container.
        case copy
    }

    /// Opens the store at `path`, making it with mode 0700 where it is missing, parents included.
    ///
    /// Containers whose scope died with its process are removed.
    ///
    /// - Parameters:
    ///   - path: The directory.
    ///   - roots: Where the root file systems of new containers come from.
    ///   - logger: Where warnings go.
    /// - Throws: ``ContainerStoreError``: `notPermitted`, `systemCall`, `invalidImage`.
    public init(
        at path: FilePath = ContainerStore.defaultPath,
        roots: RootPolicy = .automatic,
        logger: Logger? = nil
    ) throws(ContainerStoreError) {
        let path = try about("find the store") { () throws(SystemCallError) in try WorkingDirectory.absolute(path) }
        try about("open the store") { () throws(SystemCallError) in
            let top = try RootDirectory(at: "/")
            let relative = FilePath(root: nil, path.components)
            do throws(SystemCallError) { try top.makeDirectories(relative, mode: 0o700) } catch {
                let made = error.path.map { FilePath("/").appending($0.components) }
                throw SystemCallError(call: error.call, path: made, errno: error.errno)
            }
            let root = try RootDirectory(at: path)
            for name in ["containers", "owners", "names", "mounts"] {
                try root.makeDirectories(FilePath(name), mode: 0o700)
            }
        }
        self.path = path
        self.roots = roots
        self.logger = logger
        images = try withImageErrors { () throws(ImageLayoutError) in
            try ImageLayoutDirectory.openOrCreate(path.appending("images"))
        }
        snapshots = try withLayerErrors("open the store") { () throws(LayerUnpackError) in
            try SnapshotStore(at: path.appending("snapshots"))
        }
        runtime = Runtime(root: path.appending("state"), logger: logger)
        try sweep()
    }

    /// `/var/lib/skiff` for root, else `$XDG_DATA_HOME/skiff` or `~/.local/share/skiff`.
    public static var defaultPath: FilePath {
        if clinux_geteuid() == 0 { return "/var/lib/skiff" }
        if let data = ProcessEnvironment.value(of: "XDG_DATA_HOME"), data.hasPrefix("/") {
            return FilePath(data).appending("skiff")
        }
        let home = ProcessEnvironment.value(of: "HOME") ?? "/tmp"
        return FilePath(home).appending(".local/share/skiff")
    }

    /// The directory of all containers.
    func containersDirectory() throws(SystemCallError) -> RootDirectory {
        try RootDirectory(at: path.appending("containers"))
    }

    /// Opens the file whose lock tells that a container's owner is alive.
    func ownerFile(_ id: String) throws(SystemCallError) -> OwnedFileDescriptor {
        try RootDirectory(at: path.appending("owners")).open(
            FilePath(id),
            CLINUX_O_RDWR | CLINUX_O_CREAT | CLINUX_O_NOFOLLOW,
            mode: 0o600,
            .noSymlinks
        )
    }

    /// Notes that a container is made and belongs to no process, or is gone.
    func disown(_ id: String) throws(SystemCallError) {
        do throws(SystemCallError) {
            try RootDirectory(at: path.appending("owners")).removeFile(FilePath(id))
        } catch {
            if error.errno != .noSuchFileOrDirectory { throw error }
        }
    }

    /// The directory of all names.
    func namesDirectory() throws(SystemCallError) -> RootDirectory {
        try RootDirectory(at: path.appending("names"))
    }
}
