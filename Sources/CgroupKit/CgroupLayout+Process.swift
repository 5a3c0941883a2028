// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension CgroupLayout {
    /// The version 2 group that a process is in.
    ///
    /// - Parameter processID: A process in the caller's pid namespace.
    /// - Returns: The group, or `nil` when it is outside of what is mounted here.
    /// - Throws: ``CgroupError``: `notFound` when the process has ended.
    /// - SeeAlso: cgroups(7), section `/proc/pid/cgroup`.
    public func unifiedGroup(of processID: Int32) throws(CgroupError) -> CgroupPath? {
        guard let unified else { return nil }
        let shown = try memberships(of: "\(processID)").first(where: unified.matches)?.path
        return shown.flatMap { unified.path(shownAs: $0) }
    }
}
