// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import SystemPackage

extension Cgroup {
    /// Takes memory from the group that its processes can do without: cached files first, then what can be swapped.
    ///
    /// - Parameter bytes: How much.
    /// - Returns: Whether all of it could be taken; else less was.
    /// - Throws: ``CgroupError``: `unsupported` without a version 2 memory controller or before Linux 5.19.
    /// - Note: Needs write access to the group.
    /// - SeeAlso: Documentation/admin-guide/cgroup-v2.rst, "memory.reclaim".
    @discardableResult
    public func reclaimMemory(_ bytes: UInt64) throws(CgroupError) -> Bool {
        guard let directory = directory(for: .memory), directory.hierarchy.version == .v2 else {
            throw CgroupError(
                .unsupported,
                "reclaim memory",
                hint: "only the memory controller of version 2 can"
            )
        }
        do throws(CgroupError) { try directory.write("memory.reclaim", "\(bytes)", step: "reclaim memory") } catch {
            switch error.cause?.errno {
            case .resourceTemporarilyUnavailable: return false
            case .noSuchFileOrDirectory:
                throw CgroupError(.unsupported, "reclaim memory", path: error.path, hint: "it takes Linux 5.19")
            default: throw error
            }
        }
        return true
    }
}
