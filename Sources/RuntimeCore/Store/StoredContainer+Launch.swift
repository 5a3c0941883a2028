// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import NamespaceKit
public import OCIRuntime
internal import OCISpec
internal import SystemPackage

extension StoredContainer {
    /// Sets the container up: its process waits for the start.
    ///
    /// - Parameter options: Streams, terminal and the like; the root file system is the container's own.
    /// - Returns: The runtime's container, to be started and waited for by this process.
    /// - Throws: ``ContainerStoreError``. Nothing is left of the launch then; the stored container stays.
    /// - Note: Needs root.
    public func launch(_ options: CreateOptions = CreateOptions()) throws(ContainerStoreError) -> Container {
        let configuration: RuntimeConfiguration
        var options = options
        if let prepared {
            configuration = prepared.configuration
            options.root = .detached(prepared.root)
        } else {
            configuration = try self.configuration()
            options.root = try options.recorder.measure("mount the root file system") {
                () throws(ContainerStoreError) in
                .detached(try store.mountRoot(of: metadata))
            }
        }
        try noteLaunch()
        let bundle = bundle
        let chosen = options
        return try withRuntimeErrors { () throws(RuntimeError) in
            try store.runtime.create(id, configuration: configuration, bundle: bundle, options: chosen)
        }
    }

    /// Forgets how the last run ended, and notes that there was one.
    private func noteLaunch() throws(ContainerStoreError) {
        if metadata.lifetime == .scoped { return }
        let directory = try open()
        try about("note the launch of container \(metadata.name)") { () throws(SystemCallError) in
            do throws(SystemCallError) { try directory.removeFile("exit.json") } catch {
                if error.errno != .noSuchFileOrDirectory { throw error }
            }
            try directory.replaceFile("launched", [])
        }
    }

    /// Notes how the container's process ended, and lets the runtime forget it. The files stay.
    ///
    /// - Parameters:
    ///   - container: The container as ``launch(_:)`` returned it, ended.
    ///   - exit: How it ended.
    /// - Returns: What was noted.
    /// - Throws: ``ContainerStoreError``: `launchFailed`, `systemCall`.
    @discardableResult
    public func finish(_ container: Container, _ exit: ProcessExit) throws(ContainerStoreError) -> RecordedExit {
        let reason = ExitReason(exit, statistics: try? container.statistics())
        let recorded = RecordedExit(
            status: Int(reason.statusCode),
            outOfMemory: reason == .outOfMemory,
            finished: WallClock.now
        )
        let directory = try open()
        try about("note the end of container \(metadata.name)") { () throws(SystemCallError) in
            try directory.replaceFile("exit.json", recorded.json())
        }
        do throws(RuntimeError) { try container.delete(force: true) } catch {
            // Somebody else removes the container at the same time.
            if error.code != .notFound { throw ContainerStoreError(error) }
        }
        return recorded
    }
}
