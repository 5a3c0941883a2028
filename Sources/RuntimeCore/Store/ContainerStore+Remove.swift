// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import Logging
internal import OCIRuntime
internal import SystemPackage

extension ContainerStore {
    /// Takes the lock on the list of containers: shared by who makes one, alone by who sweeps.
    func lockContainers(waiting: Bool) throws(ContainerStoreError) -> FileLock? {
        try about("lock the store") { () throws(SystemCallError) in
            let file = try containersDirectory().open(
                ".lock",
                CLINUX_O_RDWR | CLINUX_O_CREAT | CLINUX_O_NOFOLLOW,
                mode: 0o600,
                .noSymlinks
            )
            if waiting { return try FileLock(on: file, .shared) }
            return try FileLock(trying: file, .exclusive)
        }
    }

    /// Removes what dead processes left: containers that were never whole, and those whose scope is gone.
    func sweep() throws(ContainerStoreError) {
        guard let alone = try lockContainers(waiting: false) else { return }
        for id in try ids() {
            guard try isAbandoned(id) else { continue }
            do throws(ContainerStoreError) { try remove(id, name: try load(id)?.metadata.name) } catch {
                logger?.warning("not swept", metadata: ["container.id": "\(id)", "error": "\(error)"])
            }
        }
        extendLifetime(alone)
    }

    private func isAbandoned(_ id: String) throws(ContainerStoreError) -> Bool {
        do throws(ContainerStoreError) {
            if let container = try load(id), container.metadata.lifetime == .kept { return false }
        } catch {
            // What cannot be read may be a kept container: its owner removes it by force.
            return false
        }
        do throws(SystemCallError) {
            let directory = try containersDirectory().directory(FilePath(id), .noSymlinks)
            return try FileLock(trying: Self.ownerFile(in: directory), .exclusive) != nil
        } catch {
            if error.errno == .noSuchFileOrDirectory { return false }
            throw ContainerStoreError("look at container \(id)", error)
        }
    }

    /// Ends and removes a container, whatever state it is in.
    func remove(_ id: String, name: String?) throws(ContainerStoreError) {
        do throws(RuntimeError) { try runtime.container(id).delete(force: true) } catch {
            if error.code != .notFound { throw ContainerStoreError(error) }
        }
        try removeFiles(of: id, name: name)
    }

    /// Removes a container's name and directory.
    func removeFiles(of id: String, name: String?) throws(ContainerStoreError) {
        if let name { try releaseName(name, of: id) }
        do throws(SystemCallError) { try containersDirectory().removeTree(FilePath(id)) } catch {
            if error.errno != .noSuchFileOrDirectory {
                throw ContainerStoreError("remove the container's files", error)
            }
        }
    }
}

extension StoredContainer {
    /// Removes the container with everything it has written.
    ///
    /// - Parameter force: Whether a running container is killed first.
    /// - Throws: ``ContainerStoreError``: `wrongState` for a running container without `force`.
    public func remove(force: Bool = false) throws(ContainerStoreError) {
        if !force {
            switch try status() {
            case .running, .paused:
                throw ContainerStoreError(
                    .wrongState,
                    "container \(metadata.name) is running",
                    hint: "kill it first, or use force"
                )
            case .created, .exited: break
            }
        }
        try store.remove(id, name: metadata.name)
    }
}
