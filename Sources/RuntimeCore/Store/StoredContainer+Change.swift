// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import OCIRuntime
internal import OCISpec

extension StoredContainer {
    /// Gives the container another name.
    ///
    /// - Parameter name: The new name: letters, digits, `_`, `.` and `-`, the first of them a letter or digit.
    /// - Returns: The container under its new name.
    /// - Throws: ``ContainerStoreError``: `invalidOptions`, `nameInUse`, `containerNotFound`, `systemCall`. The old name
    ///   stays then.
    @discardableResult
    public func rename(to name: String) throws(ContainerStoreError) -> StoredContainer {
        var renamed = metadata
        renamed.name = try store.claimName(name, for: id)
        let changed = renamed
        do throws(ContainerStoreError) {
            let directory = try open()
            try about("rename container \(metadata.name)") { () throws(SystemCallError) in
                try directory.replaceFile("container.json", changed.json())
            }
        } catch {
            // The first error counts.
            try? store.releaseName(name, of: id)
            throw error
        }
        try store.releaseName(metadata.name, of: id)
        return StoredContainer(store: store, metadata: changed, prepared: prepared, owner: owner)
    }

    /// Changes what whoever stays with the container is to do, from its next end or look on.
    ///
    /// - Parameter supervision: What is to be done; `nil` is nothing.
    /// - Throws: ``ContainerStoreError``: `containerNotFound`, `systemCall`. What was noted before stays then.
    public func update(_ supervision: Supervision?) throws(ContainerStoreError) {
        var changed = metadata
        changed.supervision = supervision
        let document = changed.json()
        let directory = try open()
        try about("note the supervision of container \(metadata.name)") { () throws(SystemCallError) in
            try directory.replaceFile("container.json", document)
        }
    }

    /// Changes the container's limits: at once when it runs, and for its later starts.
    ///
    /// - Parameter limits: What is `nil` stays as it is.
    /// - Throws: ``ContainerStoreError``: `invalidOptions`, `containerNotFound`, and `launchFailed` when the kernel refuses
    ///   a value: the old limits are in force then. `systemCall` when they cannot be noted: those of a running container
    ///   are changed then, and its later starts have the old ones.
    /// - Note: Needs root.
    public func update(_ limits: ContainerLimits) throws(ContainerStoreError) {
        let changes = try limits.resources(countsSwap: HostFiles.countsSwap)
        var configuration = try configuration()
        var linux = configuration.linux ?? LinuxConfiguration()
        linux.resources = (linux.resources ?? LinuxResources()).updated(with: changes)
        configuration.linux = linux
        switch try status() {
        case .running, .paused:
            let running = try runtimeContainer()
            try withRuntimeErrors { () throws(RuntimeError) in try running.update(changes) }
        case .created, .exited: break
        }
        let directory = try open()
        let document = configuration.json()
        try about("keep the limits of container \(metadata.name)") { () throws(SystemCallError) in
            try directory.replaceFile("config.json", document)
        }
    }
}
