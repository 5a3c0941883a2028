// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import OCISpec
internal import SystemPackage

/// The directory that holds one container's state.
///
/// `state.json` is replaced by rename only; `lock` is held, with a lock of the open file description, during every
/// transition, so that the kernel ends it with its holder.
struct StateDirectory: ~Copyable, Sendable {
    static let stateFile: FilePath = "state.json"
    static let configurationFile: FilePath = "config.json"
    static let lockFile: FilePath = "lock"
    static let startSocket = "start.sock"
    static let notifyDirectory: FilePath = "notify"

    let id: String
    let directory: RootDirectory

    /// Makes the directory of a new container.
    ///
    /// - Throws: ``RuntimeError``: `alreadyExists`.
    static func create(_ id: String, in root: borrowing RootDirectory) throws(RuntimeError) -> StateDirectory {
        do throws(SystemCallError) {
            try root.makeDirectory(FilePath(id), mode: 0o700)
            return StateDirectory(id: id, directory: try root.directory(FilePath(id), .noSymlinks))
        } catch {
            if error.errno == .fileExists {
                throw RuntimeError(
                    .alreadyExists,
                    "container with given ID already exists",
                    container: id,
                    hint: "delete it first, or choose another id"
                )
            }
            throw RuntimeError("create state directory", error, container: id)
        }
    }

    /// Opens the directory of an existing container.
    ///
    /// - Throws: ``RuntimeError``: `notFound`.
    static func open(_ id: String, in root: borrowing RootDirectory) throws(RuntimeError) -> StateDirectory {
        do throws(SystemCallError) {
            return StateDirectory(id: id, directory: try root.directory(FilePath(id), .noSymlinks))
        } catch {
            if error.errno == .noSuchFileOrDirectory {
                throw RuntimeError(.notFound, "container does not exist", container: id)
            }
            throw RuntimeError("open state directory", error, container: id)
        }
    }

    /// Takes the lock for a transition.
    ///
    /// - Parameter waiting: Whether to wait for another holder.
    /// - Returns: The lock, held as long as the value lives; `nil` when another holder was not to be waited for.
    /// - Throws: ``RuntimeError``: `notFound`, `systemCall`.
    func lock(waiting: Bool = true) throws(RuntimeError) -> FileLock? {
        do throws(SystemCallError) {
            let file = try directory.open(
                Self.lockFile,
                CLINUX_O_RDWR | CLINUX_O_CREAT | CLINUX_O_NOFOLLOW,
                mode: 0o600,
                .noSymlinks
            )
            if waiting { return try FileLock(on: file, .exclusive) }
            return try FileLock(trying: file, .exclusive)
        } catch {
            // The directory went away while we opened the lock: the container was deleted.
            if error.errno == .noSuchFileOrDirectory {
                throw RuntimeError(.notFound, "container does not exist", container: id)
            }
            throw RuntimeError("lock the container's state", error, container: id)
        }
    }

    /// Reads what is stored; `nil` when the creation has not come far enough to store anything.
    func read() throws(RuntimeError) -> StoredState? {
        let bytes: [UInt8]
        do throws(SystemCallError) { bytes = try directory.readFile(Self.stateFile, .noSymlinks) } catch {
            if error.errno == .noSuchFileOrDirectory { return nil }
            throw RuntimeError("read the container's state", error, container: id)
        }
        do throws(JSONError) {
            let state = try StoredState(json: bytes)
            guard state.version == StoredState.currentVersion else {
                throw JSONError(.wrongType, offset: 0, detail: "unknown version \(state.version)")
            }
            return state
        } catch {
            throw RuntimeError(
                .corruptState,
                "state.json is damaged: \(error)",
                container: id,
                hint: "delete --force removes what is left of the container"
            )
        }
    }

    /// Replaces what is stored, in one step for every other process. It is not flushed: after the next boot there is no
    /// process that it could be about, and what a lost file system leaves is removed by `delete --force`.
    func write(_ state: StoredState) throws(RuntimeError) {
        do throws(SystemCallError) { try directory.replaceFile(Self.stateFile, state.json(), flushed: false) } catch {
            throw RuntimeError("store the container's state", error, container: id)
        }
    }

    /// Stores the configuration that the container was made from, for `exec` and for hooks.
    func write(configuration: RuntimeConfiguration) throws(RuntimeError) {
        do throws(SystemCallError) {
            try directory.makeFile(Self.configurationFile, configuration.json())
        } catch { throw RuntimeError("store the container's configuration", error, container: id) }
    }

    /// Replaces the stored configuration after an update, in one step for every other process.
    func replace(configuration: RuntimeConfiguration) throws(RuntimeError) {
        do throws(SystemCallError) {
            try directory.replaceFile(Self.configurationFile, configuration.json(), flushed: false)
        } catch { throw RuntimeError("store the container's configuration", error, container: id) }
    }

    /// Makes the directory for a readiness socket, which the container sees.
    func makeNotifyDirectory() throws(RuntimeError) {
        do throws(SystemCallError) { try directory.makeDirectory(Self.notifyDirectory, mode: 0o755) } catch {
            throw RuntimeError("make the directory of the readiness socket", error, container: id)
        }
    }

    /// The configuration that the container was made from, with the updates since.
    func configuration() throws(RuntimeError) -> RuntimeConfiguration {
        let bytes: [UInt8]
        do throws(SystemCallError) {
            bytes = try directory.readFile(Self.configurationFile, limit: 16 << 20, .noSymlinks)
        } catch { throw RuntimeError("read the container's configuration", error, container: id) }
        do throws(JSONError) {
            return try RuntimeConfiguration(json: bytes, limits: JSONLimits(size: 16 << 20))
        } catch { throw RuntimeError(.corruptState, "stored config.json is damaged: \(error)", container: id) }
    }

    /// Whether the start has not been given yet.
    var waitsForStart: Bool {
        get throws(RuntimeError) {
            do throws(SystemCallError) {
                _ = try directory.status(FilePath(Self.startSocket))
                return true
            } catch {
                if error.errno == .noSuchFileOrDirectory { return false }
                throw RuntimeError("look for the start socket", error, container: id)
            }
        }
    }

    /// Notes that the start has been given. This one step makes a created container a running one.
    func noteStarted() throws(RuntimeError) {
        do throws(SystemCallError) { try directory.removeFile(FilePath(Self.startSocket)) } catch {
            if error.errno == .noSuchFileOrDirectory { return }
            throw RuntimeError("note the container's start", error, container: id)
        }
    }

    /// Removes the directory with everything in it.
    consuming func remove(from root: borrowing RootDirectory) throws(RuntimeError) {
        let id = id
        // Who looks for the container meanwhile makes the lock anew.
        for attempt in 0... {
            do throws(SystemCallError) {
                try root.removeTree(FilePath(id))
                return
            } catch {
                if error.errno == .directoryNotEmpty && attempt < 100 { continue }
                throw RuntimeError("remove the container's state", error, container: id)
            }
        }
    }
}
