// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import CgroupKit
internal import LinuxSystem
internal import SystemPackage

/// A mounted resctrl file system, or a directory that stands for one.
///
/// - SeeAlso: Documentation/filesystems/resctrl.rst of the kernel.
struct ResourceControlTree: Sendable {
    /// Where it is mounted.
    let root: FilePath

    /// What was done for a container.
    struct Placement: Hashable, Sendable {
        /// The groups that the container's processes belong to.
        var groups: [FilePath] = []
        /// Directories that were made and go with the container, in the order in which they are to be removed.
        var made: [FilePath] = []
    }

    /// Finds the mount.
    ///
    /// - Parameters:
    ///   - configured: A directory that stands for it.
    ///   - id: The container's id, for errors.
    /// - Returns: The tree.
    /// - Throws: ``RuntimeError``: `unsupported` when none is mounted.
    static func find(_ configured: FilePath?, container id: String) throws(RuntimeError) -> ResourceControlTree {
        if let configured { return ResourceControlTree(root: configured) }
        do throws(SystemCallError) {
            let text = try OwnedFileDescriptor.open("/proc/self/mountinfo", CLINUX_O_RDONLY).readAll(limit: 16 << 20)
            let mounts = MountInfoEntry.parse(text).filter { $0.fileSystem == "resctrl" }
            if let mount = mounts.first(where: { $0.mountPoint == "/sys/fs/resctrl" }) ?? mounts.first {
                return ResourceControlTree(root: mount.mountPoint)
            }
        } catch { throw RuntimeError("find the resctrl file system", error, container: id) }
        throw RuntimeError(
            .unsupported,
            "config.json: linux.intelRdt: no resctrl file system is mounted",
            container: id,
            hint: "mount it at /sys/fs/resctrl; the kernel and the processor must have resource control"
        )
    }

    /// Finds or makes the container's groups. Nothing is left behind on failure.
    func place(_ request: ResourceControlRequest, container id: String) throws(RuntimeError) -> Placement {
        var placement = Placement()
        do throws(RuntimeError) {
            let group = try self.group(request, &placement, container: id)
            placement.groups = [group]
            if request.monitors {
                let monitor = group.appending("mon_groups").appending(id)
                try make(monitor, container: id)
                placement.made.insert(monitor, at: 0)
                placement.groups.append(monitor)
            }
            return placement
        } catch {
            Self.remove(placement.made)
            throw error
        }
    }

    /// Puts a process into groups.
    static func assign(_ processID: Int32, to groups: [FilePath], container id: String) throws(RuntimeError) {
        for group in groups {
            do throws(SystemCallError) { try write("\(processID)", to: group.appending("tasks")) } catch {
                throw RuntimeError("add process \(processID) to resctrl group \(group)", error, container: id)
            }
        }
    }

    /// Removes directories that were made for a container, as far as they can be.
    ///
    /// - Returns: What could not be removed.
    @discardableResult static func remove(_ made: [FilePath]) -> [FilePath] {
        made.filter { directory in
            let result = directory.withCString {
                unsafe clinux_unlinkat(CLINUX_AT_FDCWD, $0, CLINUX_AT_REMOVEDIR)
            }
            return result < 0 && result != -CLINUX_ENOENT
        }
    }

    private func group(
        _ request: ResourceControlRequest,
        _ placement: inout Placement,
        container id: String
    ) throws(RuntimeError) -> FilePath {
        if request.classOfService == "/" {
            try compare(request.schemata, with: root, container: id)
            return root
        }
        let group = root.appending(request.classOfService ?? id)
        if exists(group) {
            try compare(request.schemata, with: group, container: id)
            return group
        }
        if let name = request.classOfService, request.schemata.isEmpty {
            throw RuntimeError(
                .invalidConfiguration,
                "config.json: linux.intelRdt.closID: there is no class of service \(name) in \(root)",
                container: id,
                hint: "make it first, or say with schemata what it is to be"
            )
        }
        try make(group, container: id)
        // With an id of its own, a class may serve other containers: it stays.
        if request.classOfService == nil { placement.made.append(group) }
        do throws(RuntimeError) { try writeSchemata(request.schemata, of: group, container: id) } catch {
            if request.classOfService != nil { Self.remove([group]) }
            throw error
        }
        return group
    }

    private func writeSchemata(_ lines: [String], of group: FilePath, container id: String) throws(RuntimeError) {
        if lines.isEmpty { return }
        let text = lines.map { $0 + "\n" }.joined()
        do throws(SystemCallError) { try Self.write(text, to: group.appending("schemata")) } catch {
            throw failure("write the schemata of resctrl group \(group)", error, container: id)
        }
    }

    /// Writes schemata to a class that belongs to the container alone; the kernel takes all lines or none.
    ///
    /// - Parameters:
    ///   - lines: What is to change.
    ///   - stored: What the container has.
    ///   - id: The container's id, for errors.
    /// - Returns: The lines before, to be written back when something else fails.
    /// - Throws: ``RuntimeError``: `unsupported` when it has no class of its own; `systemCall`, with the kernel's words.
    func change(_ lines: [String], of stored: StoredState, container id: String) throws(RuntimeError) -> [String] {
        guard let name = stored.resourceControlGroups?.first, stored.resourceControlMade?.contains(name) == true else {
            throw RuntimeError(
                .unsupported,
                "update: linux.intelRdt: the container has no class of service of its own",
                container: id,
                hint: "create it with linux.intelRdt, without closID; a class with a name may serve other containers"
            )
        }
        let group = FilePath(name)
        let before = try schemata(of: group, container: id)
        try writeSchemata(lines, of: group, container: id)
        return before
    }

    /// Writes back what ``change(_:of:container:)`` returned, as far as that can be.
    func restore(_ lines: [String], of stored: StoredState, container id: String) {
        guard let name = stored.resourceControlGroups?.first else { return }
        // The error that led here counts.
        try? writeSchemata(lines, of: FilePath(name), container: id)
    }

    /// The lines of a class, without the blanks in front that the kernel aligns them with.
    func schemata(of group: FilePath, container id: String) throws(RuntimeError) -> [String] {
        do throws(SystemCallError) {
            let file = try OwnedFileDescriptor.open(group.appending("schemata"), CLINUX_O_RDONLY)
            return String(decoding: try file.readAll(limit: 1 << 20), as: UTF8.self).split(whereSeparator: \.isNewline)
                .map { String($0.drop { $0 == " " }) }
        } catch { throw RuntimeError("read the schemata of resctrl group \(group)", error, container: id) }
    }

    /// A class that exists may serve others, so it is not changed; it must be what is asked for.
    private func compare(_ lines: [String], with group: FilePath, container id: String) throws(RuntimeError) {
        if lines.isEmpty { return }
        let present = try schemata(of: group, container: id).joined(separator: "\n")
        for line in lines where SchemaLine(line[...])?.holds(in: present) != true {
            throw RuntimeError(
                .invalidConfiguration,
                "config.json: linux.intelRdt: the class of service \(group) exists and has other schemata than \(line)",
                container: id
            )
        }
    }

    private func make(_ directory: FilePath, container id: String) throws(RuntimeError) {
        do throws(SystemCallError) {
            try systemCall("mkdirat", path: directory) {
                directory.withCString { unsafe clinux_mkdirat(CLINUX_AT_FDCWD, $0, 0o755) }
            }
        } catch { throw failure("make resctrl group \(directory)", error, container: id) }
    }

    private func exists(_ directory: FilePath) -> Bool {
        directory.withCString { unsafe clinux_faccessat2(CLINUX_AT_FDCWD, $0, 0, 0) } == 0
    }

    /// An error with what the kernel says about it.
    private func failure(_ step: String, _ error: SystemCallError, container id: String) -> RuntimeError {
        let status = try? OwnedFileDescriptor.open(root.appending("info/last_cmd_status"), CLINUX_O_RDONLY)
            .readAll(limit: 4096)
        let words = status.map { String(decoding: $0, as: UTF8.self).split(whereSeparator: \.isNewline) }?.first
        return RuntimeError(.systemCall, step, container: id, cause: error, hint: words.map(String.init))
    }

    private static func write(_ text: String, to file: FilePath) throws(SystemCallError) {
        try OwnedFileDescriptor.open(file, CLINUX_O_WRONLY | CLINUX_O_CREAT, mode: 0o600).writeOnce(Array(text.utf8))
    }
}
