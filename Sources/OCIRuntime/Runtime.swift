// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
public import Logging
internal import NamespaceKit
public import SystemPackage

/// An OCI runtime: containers from bundles, their life cycle, and their state on disk.
///
/// There is no daemon. The state of each container is a directory below ``root``; any number of processes may use one
/// root at a time.
///
/// Specification: OCI runtime-spec 1.3, runtime.md.
public struct Runtime: Sendable {
    /// The directory that holds the state, made with mode 0700 when it is missing.
    public let root: FilePath
    /// Where warnings go.
    let logger: Logger?
    /// The control group hierarchies, shared by all copies of this value.
    let cgroups = CgroupLayoutCache()
    /// A directory that stands for the resctrl file system.
    let resourceControlRoot: FilePath?

    /// Names a runtime; nothing is touched yet.
    ///
    /// - Parameters:
    ///   - root: The directory for the state. It should be on a file system that a reboot clears.
    ///   - logger: Where warnings go: what was tolerated, such as a failing `poststop` hook.
    ///   - resourceControlRoot: Where `linux.intelRdt` finds the resctrl file system; `nil` looks for its mount.
    public init(root: FilePath = Self.defaultRoot, logger: Logger? = nil, resourceControlRoot: FilePath? = nil) {
        self.root = root
        self.logger = logger
        self.resourceControlRoot = resourceControlRoot
    }

    /// `/run/skiff` for root, else `$XDG_RUNTIME_DIR/skiff` or a directory in `/tmp` with the user's number.
    ///
    /// As with runc, root of a user namespace is a user like others unless `$USER` says `root`.
    public static var defaultRoot: FilePath { UserDirectory.current.stateRoot }

    /// The version of the runtime specification that is implemented.
    public static let specificationVersion = "1.3.0"

    /// Finds a container.
    ///
    /// - Throws: ``RuntimeError``: `notFound` ("container does not exist"), `invalidID`.
    public func container(_ id: String) throws(RuntimeError) -> Container {
        try ContainerIdentifier.check(id)
        _ = try StateDirectory.open(id, in: try openRoot(orThrow: id))
        return Container(id: id, runtime: self)
    }

    /// All containers, ordered by id. A container whose state is damaged is logged and left out.
    public func list() throws(RuntimeError) -> [ContainerRecord] {
        let names: [String]
        do throws(SystemCallError) {
            names = try RootDirectory(at: root).entries().map { String(decoding: $0.name, as: UTF8.self) }.sorted()
        } catch {
            if error.errno == .noSuchFileOrDirectory { return [] }
            throw RuntimeError("list containers", error)
        }
        var records: [ContainerRecord] = []
        // What begins with a dot is being removed.
        for name in names where name.utf8.first != UInt8(ascii: ".") {
            do throws(RuntimeError) {
                try ContainerIdentifier.check(name)
                records.append(try Container(id: name, runtime: self).state())
            } catch {
                if error.code != .notFound {
                    logger?.warning("left out of the list", metadata: ["container.id": "\(name)", "error": "\(error)"])
                }
            }
        }
        return records
    }

    /// Opens the state root, made when it is missing.
    func openRoot() throws(RuntimeError) -> RootDirectory {
        do throws(SystemCallError) {
            let directory = try openOrMakeRoot()
            let status = try directory.descriptor.status()
            guard status.uid == clinux_geteuid() else {
                throw SystemCallError(call: "openat2", path: root, errno: .notPermitted)
            }
            if UserDirectory.current.isTidied, root == Self.defaultRoot {
                // What has this bit is not removed from there for being old (XDG Base Directory Specification).
                let number = directory.descriptor.rawValue
                try systemCall("fchmod", path: root) { clinux_fchmod(number, 0o1700) }
            }
            return directory
        } catch {
            throw RuntimeError(
                .systemCall,
                "open state directory",
                cause: error,
                hint: "choose a directory of your own with --root"
            )
        }
    }

    private func openOrMakeRoot() throws(SystemCallError) -> RootDirectory {
        do throws(SystemCallError) { return try RootDirectory(at: root) } catch {
            if error.errno != .noSuchFileOrDirectory { throw error }
        }
        let start = try RootDirectory(at: root.isAbsolute ? "/" : ".")
        try start.makeDirectories(FilePath(root: nil, root.components), mode: 0o700)
        return try RootDirectory(at: root)
    }

    /// Opens the state root; without it there is no container.
    func openRoot(orThrow id: String) throws(RuntimeError) -> RootDirectory {
        do throws(SystemCallError) { return try RootDirectory(at: root) } catch {
            if error.errno == .noSuchFileOrDirectory {
                throw RuntimeError(.notFound, "container does not exist", container: id)
            }
            throw RuntimeError("open state directory", error, container: id)
        }
    }
}
