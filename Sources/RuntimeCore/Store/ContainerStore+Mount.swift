// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import ImageLayout
internal import LayerUnpack
internal import LinuxSystem
internal import Logging
internal import NamespaceKit
internal import OCIRuntime
public import OCISpec
public import SystemPackage

extension ContainerStore {
    /// Mounts what an image shows at a directory of the host: read-only, without device nodes and setuid.
    ///
    /// Layers that are not unpacked yet are unpacked, and kept while the view is mounted. The view stays until
    /// ``unmountImage(at:)``, also when this process ends.
    ///
    /// - Parameters:
    ///   - image: A reference, a digest, or the first digits of one.
    ///   - directory: An existing directory; `nil` makes one in the store, which goes when the view is unmounted.
    ///   - platform: The platform, where an image is there for several.
    /// - Returns: What was mounted where.
    /// - Throws: ``ContainerStoreError``: `imageNotFound`, `invalidImage`, `unsupported`, `notPermitted`, `systemCall`.
    ///   Nothing is mounted then.
    /// - Note: Needs root.
    @discardableResult
    public func mountImage(
        _ image: String,
        at directory: FilePath? = nil,
        platform: Platform = .host
    ) throws(ContainerStoreError) -> MountedImage {
        // Until the view is noted, nobody knows what it needs: nothing is pruned.
        let presence = try lockContainers(.shared)
        defer { extendLifetime(presence) }
        let given = try directory.map { (path) throws(ContainerStoreError) in try MountPoint(path) }
        let resolved = try prepare(image, platform: platform)
        let id = ContainerName.makeID()
        try about("note the mount") { () throws(SystemCallError) in
            try mountsDirectory().makeDirectories(FilePath(id).appending("view"), mode: 0o755)
        }
        var attached: MountPoint?
        do throws(ContainerStoreError) {
            let place = path.appending("mounts").appending(id)
            let target = if let given { given } else { try MountPoint(place.appending("view")) }
            var view = try describe(resolved, image: image, id: id, at: target)
            try write(view)
            let tree = try self.view(view.layers, copyAt: place.appending("rootfs")).mount
            try about("mount image \(view.image) at \(target.path)") { () throws(SystemCallError) in
                try target.attach(tree.descriptor)
                attached = target
                let entry = try target.entry()
                (view.device, view.root) = (entry.device, ByteText(entry.root.bytes))
            }
            try write(view)
            return view
        } catch {
            // The first error counts. What cannot be unmounted stays noted.
            do throws(SystemCallError) {
                try attached?.detach()
                try mountsDirectory().removeTree(FilePath(id))
            } catch let second {
                logger?.warning("not unmounted", metadata: ["error": "\(second)"])
            }
            throw error
        }
    }

    private func describe(
        _ resolved: ResolvedImage,
        image: String,
        id: String,
        at target: MountPoint
    ) throws(ContainerStoreError) -> MountedImage {
        var view = MountedImage(
            id: id,
            image: resolved.reference?.familiar ?? image,
            imageID: resolved.id,
            layers: resolved.configuration.rootfs.diffIDs,
            path: ByteText(target.path.bytes)
        )
        try about("note the mount") { () throws(SystemCallError) in
            view.created = WallClock.now
            view.boot = try ProcessInformation.bootID()
            view.namespace = try MountSurvey.namespace("/proc/self/ns/mnt")
            view.processes = try MountSurvey.namespace("/proc/self/ns/pid")
        }
        return view
    }

    /// Unmounts a view that ``mountImage(_:at:platform:)`` mounted.
    ///
    /// - Parameter directory: Where it is mounted.
    /// - Throws: ``ContainerStoreError``: `wrongState` when no view of this store is mounted there, or somebody uses it;
    ///   `notPermitted`, `systemCall`. The view is still mounted then.
    /// - Note: Needs root.
    public func unmountImage(at directory: FilePath) throws(ContainerStoreError) {
        let presence = try lockContainers(.shared)
        defer { extendLifetime(presence) }
        let target = try MountPoint(directory)
        let step = "unmount \(target.path)"
        let entry = try about(step) { () throws(SystemCallError) in try target.entry() }
        let candidates = try mountedImages().filter { $0.path.bytes == target.path.bytes }
        let found = candidates.first { $0.device == entry.device && $0.root?.bytes == entry.root.bytes }
        guard let found, entry.mountPoint == target.path else {
            throw ContainerStoreError(.wrongState, "\(step): no image of this store is mounted there")
        }
        do throws(SystemCallError) { try target.detach() } catch {
            guard error.errno == .resourceBusy else { throw ContainerStoreError(step, error) }
            throw ContainerStoreError(
                .wrongState,
                step,
                cause: .systemCall(error),
                hint: "a process has files or its working directory there, or something is mounted below"
            )
        }
        try forget(found.id)
    }

    /// The views that were mounted and not unmounted by ``unmountImage(at:)``, in no order.
    ///
    /// One that was unmounted by other means is among them until ``pruneSnapshots()`` notices.
    ///
    /// - Returns: The views.
    /// - Throws: ``ContainerStoreError``: `corruptState`, `systemCall`.
    public func mountedImages() throws(ContainerStoreError) -> [MountedImage] {
        var views: [MountedImage] = []
        for id in try mountIDs() { if let view = try mountedImage(id) { views.append(view) } }
        return views
    }

    private func mountIDs() throws(ContainerStoreError) -> [String] {
        try about("list mounted images") { () throws(SystemCallError) in
            try mountsDirectory().entries().map { String(decoding: $0.name, as: UTF8.self) }
        }
    }

    /// Reads what is noted of a view; `nil` when nothing is mounted yet.
    private func mountedImage(_ id: String) throws(ContainerStoreError) -> MountedImage? {
        let bytes: [UInt8]
        do throws(SystemCallError) {
            bytes = try mountsDirectory().directory(FilePath(id), .noSymlinks).readFile("mount.json", .noSymlinks)
        } catch {
            if error.errno == .noSuchFileOrDirectory { return nil }
            throw ContainerStoreError("read mounted image", error)
        }
        do throws(JSONError) { return try MountedImage(json: bytes) } catch {
            throw ContainerStoreError(.corruptState, "mounts/\(id)/mount.json", cause: .document(error))
        }
    }

    /// Forgets the views that are mounted no more; returns the others. The caller holds the list's lock alone.
    func sweepMountedImages() throws(ContainerStoreError) -> [MountedImage] {
        let ids = try mountIDs()
        if ids.isEmpty { return [] }
        let survey = try about("look at mounts") { () throws(SystemCallError) in try MountSurvey() }
        var mounted: [MountedImage] = []
        for id in ids {
            if let view = try mountedImage(id), survey.mayBeMounted(view) {
                mounted.append(view)
            } else {
                try forget(id)
            }
        }
        return mounted
    }

    private func write(_ view: MountedImage) throws(ContainerStoreError) {
        try about("note the mount") { () throws(SystemCallError) in
            try mountsDirectory().directory(FilePath(view.id), .noSymlinks).replaceFile("mount.json", view.json())
        }
    }

    private func forget(_ id: String) throws(ContainerStoreError) {
        try about("forget the mount") { () throws(SystemCallError) in
            try mountsDirectory().removeTree(FilePath(id))
        }
    }

    private func mountsDirectory() throws(SystemCallError) -> RootDirectory {
        try RootDirectory(at: path.appending("mounts"))
    }
}
