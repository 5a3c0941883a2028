// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import NamespaceKit
public import OCIRuntime
public import OCISpec
public import SystemPackage

/// A container of a ``ContainerStore``: what it was made from, and where it is.
public struct StoredContainer: Sendable {
    /// How far a container is in its life.
    public enum Status: Hashable, Sendable {
        /// It was never started.
        case created
        /// Its process runs.
        case running(processID: Int)
        /// Its processes are frozen.
        case paused(processID: Int)
        /// Its process has ended; `nil` when nobody was there to see how.
        case exited(RecordedExit?)
    }

    /// The store.
    public let store: ContainerStore
    /// What was noted when it was made.
    public let metadata: ContainerMetadata
    /// What the process that made it has at hand.
    let prepared: Prepared?
    /// The lock that tells a scope is alive.
    let owner: SharedFileLock?

    /// What need not be read and mounted again for the first launch.
    struct Prepared: Sendable {
        let root: MountTree
        let configuration: RuntimeConfiguration
    }

    init(
        store: ContainerStore,
        metadata: ContainerMetadata,
        prepared: Prepared? = nil,
        owner: SharedFileLock? = nil
    ) {
        self.store = store
        self.metadata = metadata
        self.prepared = prepared
        self.owner = owner
    }

    /// Its id.
    public var id: String { metadata.id }
    /// Its directory, which is an OCI bundle.
    public var bundle: FilePath { store.path.appending("containers").appending(id) }
    /// The file that takes the output of a detached container.
    public var logFile: FilePath { bundle.appending("output.log") }

    /// The configuration it runs with.
    ///
    /// - Throws: ``ContainerStoreError``: `containerNotFound`, `corruptState`, `systemCall`.
    public func configuration() throws(ContainerStoreError) -> RuntimeConfiguration {
        try readDocument("config.json", limit: 16 << 20)
    }

    /// How far it is, asked of the kernel.
    ///
    /// - Throws: ``ContainerStoreError``: `corruptState`, `systemCall`.
    public func status() throws(ContainerStoreError) -> Status {
        do throws(RuntimeError) {
            let state = try store.runtime.container(id).state()
            switch state.status {
            case .creating, .created: return .created
            case .running: return .running(processID: state.pid)
            case .paused: return .paused(processID: state.pid)
            case .stopped: return .exited(try? recordedExit())
            }
        } catch {
            guard error.code == .notFound else { throw ContainerStoreError(error) }
        }
        if let exit = try recordedExit() { return .exited(exit) }
        return try wasLaunched() ? .exited(nil) : .created
    }

    /// How its last run ended; `nil` while it runs, and when nobody was there to see it.
    func recordedExit() throws(ContainerStoreError) -> RecordedExit? {
        do throws(ContainerStoreError) {
            let exit: RecordedExit = try readDocument("exit.json")
            return exit
        } catch {
            if error.code == .containerNotFound { return nil }
            throw error
        }
    }

    private func wasLaunched() throws(ContainerStoreError) -> Bool {
        let directory = try open()
        do throws(SystemCallError) {
            _ = try directory.status("launched")
            return true
        } catch {
            if error.errno == .noSuchFileOrDirectory { return false }
            throw ContainerStoreError("look at container \(metadata.name)", error)
        }
    }

    /// The runtime's view of it, while it is created or runs.
    ///
    /// - Throws: ``ContainerStoreError``: `wrongState` when it does not run.
    public func runtimeContainer() throws(ContainerStoreError) -> Container {
        do throws(RuntimeError) { return try store.runtime.container(id) } catch {
            if error.code == .notFound {
                throw ContainerStoreError(.wrongState, "container \(metadata.name) is not running")
            }
            throw ContainerStoreError(error)
        }
    }

    /// Opens its directory.
    func open() throws(ContainerStoreError) -> RootDirectory {
        do throws(SystemCallError) {
            return try store.containersDirectory().directory(FilePath(id), .noSymlinks)
        } catch {
            if error.errno == .noSuchFileOrDirectory { throw Self.missing(metadata.name) }
            throw ContainerStoreError("open container \(metadata.name)", error)
        }
    }

    static func missing(_ name: String) -> ContainerStoreError {
        ContainerStoreError(.containerNotFound, "no such container: \(name)")
    }

    private func readDocument<Document: JSONRepresentable>(
        _ name: FilePath,
        limit: Int = 1 << 20
    ) throws(ContainerStoreError) -> Document {
        let directory = try open()
        let bytes: [UInt8]
        do throws(SystemCallError) { bytes = try directory.readFile(name, limit: limit, .noSymlinks) } catch {
            if error.errno == .noSuchFileOrDirectory { throw Self.missing(metadata.name) }
            throw ContainerStoreError("read container \(metadata.name)", error)
        }
        do throws(JSONError) { return try Document(json: bytes, limits: JSONLimits(size: limit)) } catch {
            throw ContainerStoreError(
                .corruptState,
                "container \(metadata.name): \(name)",
                cause: .document(error),
                hint: "rm --force removes it"
            )
        }
    }
}
