// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// One group in one hierarchy: an open directory.
final class CgroupDirectory: Sendable {
    let hierarchy: CgroupHierarchy
    /// Where it is, for messages.
    let path: FilePath
    let root: RootDirectory

    init(_ root: consuming RootDirectory, hierarchy: CgroupHierarchy, path: FilePath) {
        self.root = root
        self.hierarchy = hierarchy
        self.path = path
    }

    /// Opens the hierarchy's root group and checks that it is one.
    static func top(of hierarchy: CgroupHierarchy, layout: CgroupLayout) throws(CgroupError) -> CgroupDirectory {
        do throws(SystemCallError) {
            let root = try RootDirectory(at: hierarchy.mountPoint)
            if layout.root == "/" {
                let expected = hierarchy.version == .v2 ? CLINUX_CGROUP2_SUPER_MAGIC : CLINUX_CGROUP_SUPER_MAGIC
                if try root.descriptor.fileSystemType() != Int64(expected) {
                    throw SystemCallError(call: "fstatfs", path: hierarchy.mountPoint, errno: .invalidArgument)
                }
            }
            return CgroupDirectory(root, hierarchy: hierarchy, path: hierarchy.mountPoint)
        } catch { throw CgroupError("open cgroup hierarchy", path: hierarchy.mountPoint, cause: error) }
    }

    /// Opens the group `name` below this one.
    func child(_ name: FilePath) throws(SystemCallError) -> CgroupDirectory {
        CgroupDirectory(
            try root.directory(name, .noSymlinks),
            hierarchy: hierarchy,
            path: path.appending(name.components)
        )
    }

    /// The names of the groups below this one.
    func children() throws(SystemCallError) -> [FilePath] {
        try root.entries().filter { $0.kind == .directory }.map { FilePath(bytes: $0.name) }
    }

    /// Reads the file `name`.
    func read(_ name: FilePath, limit: Int = 4 << 20) throws(CgroupError) -> [UInt8] {
        do throws(SystemCallError) { return try root.readFile(name, limit: limit, .noSymlinks) } catch {
            throw CgroupError("read cgroup file", path: path.appending(name.components), cause: error)
        }
    }

    /// Reads the file `name`, or returns `nil` where this kernel or group has none.
    func readIfPresent(_ name: FilePath) throws(CgroupError) -> [UInt8]? {
        do throws(SystemCallError) { return try root.readFile(name, limit: 4 << 20, .noSymlinks) } catch {
            switch error.errno {
            // Some files exist and refuse to be read: PSI that is disabled, hugetlb that is not supported.
            case .noSuchFileOrDirectory, .notSupported, .operationNotSupportedByDevice: return nil
            default: throw CgroupError("read cgroup file", path: path.appending(name.components), cause: error)
            }
        }
    }

    /// Writes `value` to the file `name` in one call.
    func write(_ name: FilePath, _ value: String, step: String) throws(CgroupError) {
        do throws(SystemCallError) { try root.writeFile(name, Array(value.utf8), .noSymlinks) } catch {
            throw CgroupError(step, path: path.appending(name.components), cause: error)
        }
    }

    /// Whether there is a file `name`.
    func has(_ name: FilePath) throws(CgroupError) -> Bool {
        do throws(SystemCallError) {
            _ = try root.open(name, CLINUX_O_PATH, .noSymlinks)
            return true
        } catch {
            if error.errno == .noSuchFileOrDirectory { return false }
            throw CgroupError("look for cgroup file", path: path.appending(name.components), cause: error)
        }
    }
}
