// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import CgroupKit
internal import LinuxSystem
internal import NamespaceKit
internal import SystemPackage

/// Where a container's processes are put, and how they get there on this machine's layout.
struct CgroupPlacement {
    /// What is asked for.
    let request: CgroupRequest
    /// The machine's hierarchies; `nil` when there are none.
    let layout: CgroupLayout?
    /// The container's group; `nil` when there are no hierarchies.
    let path: CgroupPath?
    /// The unit, if systemd makes the group.
    let systemd: SystemdPlacement?

    init(
        _ request: CgroupRequest,
        by manager: CgroupManager,
        id: String,
        in cgroups: CgroupLayoutCache
    ) throws(RuntimeError) {
        self.request = request
        guard manager != .disabled else {
            if request.needsLimits {
                throw RuntimeError(
                    .unsupported,
                    "linux.resources asks for limits, and the container is to have no control group",
                    container: id
                )
            }
            layout = nil
            path = nil
            systemd = nil
            return
        }
        if manager == .systemd {
            do throws(CgroupError) {
                let layout = try cgroups.layout()
                let systemd = try SystemdPlacement(request, id: id, layout: layout)
                self.layout = layout
                self.systemd = systemd
                path = systemd.path
            } catch { throw RuntimeError(error, container: id) }
            return
        }
        systemd = nil
        do throws(CgroupError) {
            let layout = try cgroups.layout()
            path = try CgroupPath.resolve(
                request.path.map { Array($0.utf8) },
                name: Array(id.utf8),
                parent: .group(Self.parent(layout)),
                layout: layout
            )
            self.layout = layout
        } catch {
            let isMissing = error.code == .unsupported && request.path == nil && !request.needsGroup
            guard isMissing else { throw RuntimeError(error, container: id) }
            layout = nil
            path = nil
        }
    }

    /// Where paths that are not absolute start, as with runc: at the caller's own group, and on version 2 at the one above,
    /// since a group with processes passes no controllers on; at the root where the hierarchies differ.
    private static func parent(_ layout: CgroupLayout) -> CgroupPath {
        guard let own = try? layout.callerGroup, own != .root else { return .root }
        guard layout.kind == .unified else { return own }
        let above = own.filePath.removingLastComponent()
        return (try? CgroupPath(above)) ?? .root
    }

    /// Whether a process is added after the clone, rather than born in the group. A unit begins with its process.
    var placesAfterClone: Bool { systemd != nil || layout.map { $0.kind != .unified } ?? false }

    func builderOptions(preserved: Int) -> PlanBuilder.Options {
        var options = PlanBuilder.Options()
        options.placesAfterClone = placesAfterClone
        options.preservedDescriptors = UInt32(preserved)
        options.cgroupMounts = mounts
        options.opensSourcesOnHost = HostPrivilege.isAdministrator
        return options
    }

    /// Makes the group with its limits, before there is a process; `nil` when systemd is to make it, and when the
    /// caller may not, nothing was asked for, and that is allowed.
    func create(container id: String, isRootless: Bool?) throws(RuntimeError) -> Cgroup? {
        guard let layout, let path, systemd == nil else { return nil }
        let group: Cgroup
        do throws(CgroupError) {
            group = try Cgroup.create(at: path, layout: layout)
        } catch {
            let refused =
                error.code == .notDelegated || error.cause?.errno == .permissionDenied
                || error.cause?.errno == .readOnlyFileSystem
            if refused && !request.needsGroup && isRootless != false { return nil }
            throw Self.refusal(error, refused, request, container: id)
        }
        do throws(CgroupError) {
            try configure(group, limits: request.limits)
        } catch {
            // The first error counts.
            try? group.remove()
            let needsUnified = layout.kind != .unified && "\(error)".contains("(unified.")
            if error.code == .controllerMissing && needsUnified {
                throw RuntimeError(.invalidConfiguration, "invalid configuration: \(error)", container: id)
            }
            throw RuntimeError(error, container: id)
        }
        return group
    }

    /// Brings a process that was cloned elsewhere into its group, which systemd makes now if it is to.
    ///
    /// - Parameters:
    ///   - processID: The process.
    ///   - group: The group, if it is there.
    ///   - id: The container's id.
    /// - Returns: The group.
    /// - Throws: ``CgroupError``; what this call has made is removed again, the process with it.
    func place(_ processID: Int32, in group: Cgroup?, container id: String) throws(CgroupError) -> Cgroup? {
        if let group {
            if placesAfterClone { try group.add(processID: processID) }
            return group
        }
        guard let systemd, let layout else { return nil }
        let limits = request.limits.roundedForSystemd()
        let made = try systemd.start(processID: processID, container: id, limits: limits, layout: layout)
        do throws(CgroupError) { try configure(made, limits: limits) } catch {
            // The first error counts.
            try? made.kill()
            remove(made)
            throw error
        }
        return made
    }

    private func configure(_ group: Cgroup, limits: CgroupLimits) throws(CgroupError) {
        try group.apply(limits)
        try group.apply(DevicePolicy(rules: request.deviceRules))
        // Root owns it already, and an ordinary caller can give it to nobody else.
        if let owner = request.owner, owner != 0, group.layout.kind == .unified, !HostPrivilege.isUnprivileged {
            try group.delegate(userID: owner, groupID: .max)
        }
    }

    /// Takes back what a failed creation has made; the first error is the one to report.
    func remove(_ group: Cgroup?) {
        if group != nil, let systemd { try? systemd.manager.stop(systemd.unit.name) }
        try? group?.remove()
    }

    /// A group that the caller may not make, in words that callers of runc match on.
    private static func refusal(
        _ error: CgroupError,
        _ isRefused: Bool,
        _ request: CgroupRequest,
        container id: String
    ) -> RuntimeError {
        guard isRefused else { return RuntimeError(error, container: id) }
        let reason =
            request.path == nil
            ? "rootless needs no limits + no cgrouppath when no permission is granted for cgroups"
            : "unable to apply cgroup configuration"
        return RuntimeError(.notPermitted, "\(reason): \(error)", container: id)
    }

    /// What a cgroup mount of the container shows.
    private var mounts: [PlanBuilder.CgroupMount] {
        guard let layout, let path else { return [] }
        let isUnified = layout.kind == .unified
        return layout.hierarchies.map { hierarchy in
            let directory = hierarchy.mountPoint.lastComponent?.string ?? "cgroup"
            let names = hierarchy.controllers.map { $0 == .io ? "blkio" : $0.rawValue }.sorted()
            let host = hierarchy.mountPoint.appending(path.filePath.components)
            if hierarchy.version == .v2 {
                return PlanBuilder.CgroupMount(
                    type: "cgroup2",
                    options: [],
                    directory: isUnified ? "" : directory,
                    hostDirectory: host
                )
            }
            let named = hierarchy.name.map { ["none", "name=\($0)"] }
            return PlanBuilder.CgroupMount(
                type: "cgroup",
                options: named ?? names,
                directory: directory,
                links: directory.contains(",") ? names : [],
                hostDirectory: host
            )
        }
    }

    /// The steps before the launch, in words.
    func steps(container id: String) throws(RuntimeError) -> [String] {
        guard let layout, let path else { return [] }
        do throws(CgroupError) {
            let writes = try request.limits.plan(layout).map { "write \($0.value) to \($0.file)" }
            let rules = request.deviceRules.count
            let made = systemd.map { "start systemd unit \($0.unit.name) in \($0.unit.slice)" }
            return [made ?? "create cgroup \(path)"] + writes + ["allow no device but what \(rules) rules allow"]
        } catch { throw RuntimeError(error, container: id) }
    }
}

/// What the calling process may do.
enum HostPrivilege {
    /// Whether it is an ordinary user, or root in a user namespace only: then the machine's systemd does not serve it.
    static var isUnprivileged: Bool {
        if clinux_geteuid() != 0 { return true }
        let map = try? OwnedFileDescriptor.open("/proc/self/uid_map", CLINUX_O_RDONLY).readAll(limit: 65_536)
        let words = (map ?? []).split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
        return words.map { String(decoding: $0, as: UTF8.self) } != ["0", "0", "4294967295"]
    }

    /// Whether it has `CAP_SYS_ADMIN` in effect.
    static var isAdministrator: Bool { CapabilitySet.effective.contains(.sysAdmin) }
}
