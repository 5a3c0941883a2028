// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

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

    init(_ request: CgroupRequest, isWanted: Bool, id: String) throws(RuntimeError) {
        self.request = request
        guard isWanted else {
            if request.needsLimits {
                throw RuntimeError(
                    .unsupported,
                    "linux.resources asks for limits, and the container is to have no control group",
                    container: id
                )
            }
            layout = nil
            path = nil
            return
        }
        do throws(CgroupError) {
            let layout = try CgroupLayout.detect()
            path = try CgroupPath.resolve(
                request.path.map { Array($0.utf8) },
                name: Array("skiff-\(id)".utf8),
                parent: .group(.root),
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

    /// Whether a process is added after the clone, rather than born in the group.
    var placesAfterClone: Bool { layout.map { $0.kind != .unified } ?? false }

    func builderOptions(preserved: Int) -> PlanBuilder.Options {
        var options = PlanBuilder.Options()
        options.placesAfterClone = placesAfterClone
        options.preservedDescriptors = UInt32(preserved)
        options.cgroupMounts = mounts
        options.opensSourcesOnHost = HostPrivilege.isAdministrator
        return options
    }

    /// Makes the group with its limits; `nil` when the caller may not and nothing was asked for.
    func create(container id: String) throws(RuntimeError) -> Cgroup? {
        guard let layout, let path else { return nil }
        let group: Cgroup
        do throws(CgroupError) {
            group = try Cgroup.create(at: path, layout: layout)
        } catch {
            let refused =
                error.code == .notDelegated || error.cause?.errno == .permissionDenied
                || error.cause?.errno == .readOnlyFileSystem
            if refused && !request.needsGroup { return nil }
            throw RuntimeError(error, container: id)
        }
        do throws(CgroupError) {
            try group.apply(request.limits)
            try group.apply(DevicePolicy(rules: request.deviceRules))
        } catch {
            // The first error counts.
            try? group.remove()
            throw RuntimeError(error, container: id)
        }
        return group
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
            return ["create cgroup \(path)"] + writes + ["allow no device but what \(rules) rules allow"]
        } catch { throw RuntimeError(error, container: id) }
    }
}

/// What the calling process may do.
enum HostPrivilege {
    /// Whether it has `CAP_SYS_ADMIN` in effect.
    static var isAdministrator: Bool { CapabilitySet.effective.contains(.sysAdmin) }
}
