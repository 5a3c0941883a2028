// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import Logging
internal import OCIRuntime
internal import SystemPackage

extension ContainerStore {
    /// How the list of containers is locked.
    enum ListLock {
        /// Beside others who make containers; waits for who has it alone.
        case shared
        /// Alone; waits for all others.
        case alone
        /// Alone, or not at all.
        case aloneNow
    }

    /// Takes the lock on the list of containers: shared by who makes one, alone by who takes away what they need.
    func lockContainers(_ mode: ListLock) throws(ContainerStoreError) -> FileLock? {
        try about("lock the store") { () throws(SystemCallError) in
            let file = try containersDirectory().open(
                ".lock",
                CLINUX_O_RDWR | CLINUX_O_CREAT | CLINUX_O_NOFOLLOW,
                mode: 0o600,
                .noSymlinks
            )
            switch mode {
            case .shared: return try FileLock(on: file, .shared)
            case .alone: return try FileLock(on: file, .exclusive)
            case .aloneNow: return try FileLock(trying: file, .exclusive)
            }
        }
    }

    /// Removes what dead processes left: containers that were never whole, and those whose scope is gone.
    func sweep() throws(ContainerStoreError) {
        guard let alone = try lockContainers(.aloneNow) else { return }
        for id in try ownedIDs() {
            do throws(ContainerStoreError) { try sweep(id) } catch {
                logger?.warning("not swept", metadata: ["container.id": "\(id)", "error": "\(error)"])
            }
        }
        extendLifetime(alone)
    }

    /// The containers that belong to a process, alive or dead.
    private func ownedIDs() throws(ContainerStoreError) -> [String] {
        try about("look for abandoned containers") { () throws(SystemCallError) in
            try RootDirectory(at: path.appending("owners")).entries().map { String(decoding: $0.name, as: UTF8.self) }
        }
    }

    /// Removes a container whose owner is dead; one that was to be kept, and is whole, is kept.
    private func sweep(_ id: String) throws(ContainerStoreError) {
        let lock = try about("look at container \(id)") { () throws(SystemCallError) in
            try FileLock(trying: ownerFile(id), .exclusive)
        }
        guard let lock else { return }
        let container = try load(id)
        if container?.metadata.lifetime == .kept {
            try about("keep container \(id)") { () throws(SystemCallError) in try disown(id) }
        } else {
            try remove(id, name: container?.metadata.name)
        }
        extendLifetime(lock)
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
        try about("remove the container's files") { () throws(SystemCallError) in
            do throws(SystemCallError) { try containersDirectory().removeTree(FilePath(id)) } catch {
                if error.errno != .noSuchFileOrDirectory { throw error }
            }
            try disown(id)
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
        // It may have been renamed meanwhile.
        try store.remove(id, name: try store.load(id)?.metadata.name ?? metadata.name)
    }
}
