// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import OCISpec
internal import SystemPackage

/// The directory that holds one container's state.
///
/// `state.json` is replaced by rename only; `lock` is held, with a lock of the open file description, during every
/// transition, so that the kernel ends it with its holder. A removal takes the directory's name first, in one step: who
/// waited for the lock meanwhile finds that the name means no container, or another one. A creation holds the lock, too,
/// from before the directory has its name until the container is complete or removed.
struct StateDirectory: ~Copyable, Sendable {
    static let stateFile: FilePath = "state.json"
    static let configurationFile: FilePath = "config.json"
    static let lockFile: FilePath = "lock"
    static let startSocket = "start.sock"
    static let notifyDirectory: FilePath = "notify"

    let id: String
    let directory: RootDirectory
    /// The directory of all containers.
    private let root: RootDirectory

    private init(id: String, directory: consuming RootDirectory, root: consuming RootDirectory) {
        self.id = id
        self.directory = directory
        self.root = root
    }

    /// Makes the directory of a new container, and takes its lock.
    ///
    /// It is made and locked under another name, which means no container, so that whoever finds it under its id finds it
    /// locked, for as long as its creation lives.
    ///
    /// - Parameters:
    ///   - id: The container's id.
    ///   - root: The directory of all containers.
    /// - Returns: The directory and its lock, which is held as long as the value lives.
    /// - Throws: ``RuntimeError``: `alreadyExists`; `systemCall`, and then an empty directory is removed again.
    static func create(_ id: String, in root: borrowing RootDirectory) throws(RuntimeError) -> ClaimedState {
        let place = unfinished(id)
        while true {
            do throws(SystemCallError) {
                do throws(SystemCallError) { try root.makeDirectory(place, mode: 0o700) } catch {
                    // Another creation is at it, or has died.
                    if error.errno != .fileExists { throw error }
                }
                guard let claimed = try claim(id, at: place, in: root) else {
                    if (try? root.status(FilePath(id))) != nil {
                        throw SystemCallError(call: "renameat2", errno: .fileExists)
                    }
                    _ = clinux_nanosleep(0, 1_000_000)
                    continue
                }
                do throws(SystemCallError) {
                    // A container's directory is never empty, so it is not replaced.
                    try root.rename(place, to: FilePath(id))
                    return claimed
                } catch {
                    try? root.removeTree(place)
                    extendLifetime(claimed)
                    throw error
                }
            } catch {
                if error.errno == .fileExists || error.errno == .directoryNotEmpty { throw exists(id) }
                try? root.removeDirectory(place)
                throw RuntimeError("create state directory", error, container: id)
            }
        }
    }

    /// Takes the lock of a directory that is to become a container's; answers `nil` when another creation has it.
    private static func claim(
        _ id: String,
        at place: FilePath,
        in root: borrowing RootDirectory
    ) throws(SystemCallError) -> ClaimedState? {
        do throws(SystemCallError) {
            let directory = try root.directory(place, .noSymlinks)
            let state = StateDirectory(id: id, directory: directory, root: try root.directory(".", .noSymlinks))
            guard let lock = try state.acquire(false), try state.isNamed(place) else { return nil }
            return ClaimedState(directory: state, lock: lock)
        } catch {
            if error.errno == .noSuchFileOrDirectory { return nil }
            throw error
        }
    }

    /// Where a directory is made. A colon is in no id.
    private static func unfinished(_ id: String) -> FilePath {
        FilePath(".:\(id.prefix(ContainerIdentifier.limit - 2))")
    }

    private static func exists(_ id: String) -> RuntimeError {
        RuntimeError(
            .alreadyExists,
            "container with given ID already exists",
            container: id,
            hint: "delete it first, or choose another id"
        )
    }

    /// Opens the directory of an existing container. When there is none, what a removal that was killed has left under
    /// that id is removed.
    ///
    /// - Throws: ``RuntimeError``: `notFound`.
    static func open(_ id: String, in root: borrowing RootDirectory) throws(RuntimeError) -> StateDirectory {
        do throws(SystemCallError) {
            let directory = try root.directory(FilePath(id), .noSymlinks)
            return StateDirectory(id: id, directory: directory, root: try root.directory(".", .noSymlinks))
        } catch {
            if error.errno == .noSuchFileOrDirectory {
                try? root.removeTree(leftover(id))
                // What a creation that was killed has left; one that lives holds the lock.
                if let claimed = try? claim(id, at: unfinished(id), in: root) {
                    try? root.removeTree(unfinished(id))
                    extendLifetime(claimed)
                }
                throw RuntimeError(.notFound, "container does not exist", container: id)
            }
            throw RuntimeError("open state directory", error, container: id)
        }
    }

    /// Takes the lock for a transition.
    ///
    /// - Parameter waiting: Whether to wait for another holder.
    /// - Returns: The lock, held as long as the value lives; `nil` when another holder was not to be waited for.
    /// - Throws: ``RuntimeError``: `notFound`, also when the container was deleted meanwhile; `systemCall`.
    func lock(waiting: Bool = true) throws(RuntimeError) -> FileLock? {
        do throws(SystemCallError) {
            let lock = try acquire(waiting)
            if try isCurrent { return lock }
        } catch {
            // The directory went away while we opened the lock: the container was deleted.
            if error.errno == .noSuchFileOrDirectory {
                throw RuntimeError(.notFound, "container does not exist", container: id)
            }
            throw RuntimeError("lock the container's state", error, container: id)
        }
        throw RuntimeError(.notFound, "container does not exist", container: id)
    }

    private func acquire(_ waiting: Bool) throws(SystemCallError) -> FileLock? {
        let file = try directory.open(
            Self.lockFile,
            CLINUX_O_RDWR | CLINUX_O_CREAT | CLINUX_O_NOFOLLOW,
            mode: 0o600,
            .noSymlinks
        )
        if waiting { return try FileLock(on: file, .exclusive) }
        return try FileLock(trying: file, .exclusive)
    }

    /// Whether the id still means this directory.
    private var isCurrent: Bool { get throws(SystemCallError) { try isNamed(FilePath(id)) } }

    private func isNamed(_ name: FilePath) throws(SystemCallError) -> Bool {
        do throws(SystemCallError) {
            let named = try root.status(name)
            let held = try directory.descriptor.status()
            return named.inode == held.inode && named.device == held.device
        } catch {
            if error.errno == .noSuchFileOrDirectory { return false }
            throw error
        }
    }

    /// Reads what is stored; `nil` when the creation has not come far enough to store anything.
    func read() throws(RuntimeError) -> StoredState? {
        let bytes: [UInt8]
        do throws(SystemCallError) { bytes = try directory.readFile(Self.stateFile, .noSymlinks) } catch {
            switch error.errno {
            case .noSuchFileOrDirectory: return nil
            // A link, a directory, a device or something without end stands where the file was.
            case .tooManySymbolicLinkLevels, .isDirectory, .fileTooLarge: throw damaged("\(error)")
            default: throw RuntimeError("read the container's state", error, container: id)
            }
        }
        do throws(JSONError) {
            let state = try StoredState(json: bytes)
            guard state.version == StoredState.currentVersion else {
                throw JSONError(.wrongType, offset: 0, detail: "unknown version \(state.version)")
            }
            return state
        } catch {
            throw damaged("\(error)")
        }
    }

    private func damaged(_ words: String) -> RuntimeError {
        RuntimeError(
            .corruptState,
            "state.json is damaged: \(words)",
            container: id,
            hint: "delete --force removes what is left of the container"
        )
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
    func configuration() throws(RuntimeError) -> RuntimeConfiguration { try readConfiguration() }

    /// What of the configuration an added process goes by.
    func execConfiguration() throws(RuntimeError) -> ExecConfiguration { try readConfiguration() }

    private func readConfiguration<Document: JSONRepresentable>() throws(RuntimeError) -> Document {
        let bytes: [UInt8]
        do throws(SystemCallError) {
            bytes = try directory.readFile(Self.configurationFile, limit: 16 << 20, .noSymlinks)
        } catch {
            if error.errno == .noSuchFileOrDirectory {
                // It was deleted since it was found.
                throw RuntimeError(.notFound, "container does not exist", container: id)
            }
            throw RuntimeError("read the container's configuration", error, container: id)
        }
        do throws(JSONError) { return try Document(json: bytes, limits: JSONLimits(size: 16 << 20)) } catch {
            throw RuntimeError(.corruptState, "stored config.json is damaged: \(error)", container: id)
        }
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

    /// Where a removal puts the directory; no id begins with a dot. Of the longest id, the last character is dropped:
    /// whatever has such a name is to be removed.
    private static func leftover(_ id: String) -> FilePath { FilePath(".\(id.prefix(ContainerIdentifier.limit - 1))") }

    /// Removes the directory with everything in it, unless its id means another one by now.
    consuming func remove() throws(RuntimeError) {
        do throws(SystemCallError) {
            guard try isCurrent else { return }
            let place = try takeName()
            for attempt in 0... {
                do throws(SystemCallError) {
                    try root.removeTree(place)
                    return
                } catch {
                    // Another removal does the same, or who looked for the container makes the lock anew.
                    let isShared = error.errno == .directoryNotEmpty || error.errno == .noSuchFileOrDirectory
                    guard isShared && attempt < 100 else { throw error }
                }
            }
        } catch { throw RuntimeError("remove the container's state", error, container: id) }
    }

    /// Takes the id from the directory; answers its new name.
    private func takeName() throws(SystemCallError) -> FilePath {
        let place = Self.leftover(id)
        var attempts = 0
        while true {
            do throws(SystemCallError) {
                try root.rename(FilePath(id), to: place)
                return place
            } catch {
                switch error.errno {
                case .directoryNotEmpty, .fileExists:
                    // What a removal that was killed has left.
                    attempts += 1
                    if attempts == 100 { throw error }
                    try? root.removeTree(place)
                default: throw error
                }
            }
        }
    }
}

/// The directory of a container that is being created, with its lock.
struct ClaimedState: ~Copyable, Sendable {
    let directory: StateDirectory
    private let lock: FileLock

    fileprivate init(directory: consuming StateDirectory, lock: consuming FileLock) {
        self.directory = directory
        self.lock = lock
    }

    /// Removes the directory with everything in it; the lock is held until it is gone.
    ///
    /// - Throws: ``RuntimeError``: `systemCall`.
    consuming func remove() throws(RuntimeError) {
        let lock = lock
        try directory.remove()
        extendLifetime(lock)
    }
}
