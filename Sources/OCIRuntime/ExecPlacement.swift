// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CgroupKit
internal import LinuxSystem
internal import NamespaceKit
internal import SystemPackage

/// The control group of a process that is added to a container.
///
/// On version 2 the process is born in it. When the container's group cannot take processes, because the container has
/// made groups with controllers below it, the process joins the group that the container's first process is in now, as
/// with runc.
struct ExecPlacement {
    /// The container's group; `nil` when it has none any more.
    let group: Cgroup?
    /// The unit of the user's own systemd that the group belongs to: a user may not move a process into it, but that
    /// systemd may.
    let unit: String?
    /// What was asked for.
    let choice: ExecControlGroup?
    /// The container's first process.
    let firstProcessID: Int32
    /// The container's id.
    let id: String

    /// Whether the process is added after the clone.
    var placesAfterClone: Bool { group.map { $0.layout.kind != .unified || unit != nil } ?? false }

    /// The group that the process is born in; `nil` where it is added later, or there is none.
    func birthGroup() throws(RuntimeError) -> SharedDescriptor? {
        do throws(CgroupError) {
            guard let group else {
                if choice != nil { throw noGroup }
                return try fallback()
            }
            guard !placesAfterClone else { return nil }
            switch choice {
            case nil, .everywhere(""): return SharedDescriptor(try group.makeDescriptor())
            case .everywhere(let path):
                let place = try group.path.appending(bytes: Array(path.utf8))
                return SharedDescriptor(try Cgroup.open(at: place, layout: group.layout).makeDescriptor())
            case .byController:
                throw CgroupError(
                    .unsupported,
                    "join a control group by controller",
                    path: group.path.filePath,
                    hint: "on version 2 there is one hierarchy: leave the controller out"
                )
            }
        } catch { throw RuntimeError(error, container: id) }
    }

    /// The group of the container's first process, for a process that could not be born in the container's own group.
    ///
    /// - Parameter error: Why it could not.
    /// - Returns: `nil` when that is no reason to try, or no other group.
    /// - Throws: ``RuntimeError`` when the group cannot be opened.
    func fallback(after error: any Error) throws(RuntimeError) -> SharedDescriptor? {
        guard choice == nil, !placesAfterClone, (error as? NamespaceError)?.code == .spawnFailed else { return nil }
        do throws(CgroupError) { return try fallback() } catch { throw RuntimeError(error, container: id) }
    }

    private func fallback() throws(CgroupError) -> SharedDescriptor? {
        guard let layout = try? group?.layout ?? CgroupLayout.detect(), layout.kind == .unified,
            let path = try layout.unifiedGroup(of: firstProcessID), path != .root
        else { return nil }
        return SharedDescriptor(try Cgroup.open(at: path, layout: layout).makeDescriptor())
    }

    /// The error of a birth in a group that was chosen and takes no processes, in words that callers of runc match on.
    func refusal(_ error: any Error) -> any Error {
        guard choice != nil, let error = error as? NamespaceError, error.code == .spawnFailed,
            error.cause?.errno == .resourceBusy
        else { return error }
        return RuntimeError(
            .cgroupFailed,
            "error adding pid of the new process to cgroups",
            container: id,
            cause: error.cause,
            hint: "groups that pass controllers on take no processes"
        )
    }

    /// Adds a process where it could not be born there.
    func add(_ processID: Int32) throws(CgroupError) {
        guard let group, placesAfterClone else { return }
        if let unit {
            try SystemdPlacement.manager(isUser: true).attach(processID: processID, to: unit)
            guard case .everywhere(let path) = choice, !path.isEmpty else { return }
            let place = try group.path.appending(bytes: Array(path.utf8))
            try Cgroup.open(at: place, layout: group.layout).add(processID: processID)
            return
        }
        switch choice {
        case nil, .everywhere(""): try group.add(processID: processID)
        case .everywhere(let path):
            let names = group.layout.hierarchies.flatMap { hierarchy in
                hierarchy.controllers.map(\.rawValue) + (hierarchy.name.map { ["name=\($0)"] } ?? [])
            }
            let groups = Dictionary(names.map { ($0, Array(path.utf8)) }) { first, _ in first }
            try group.add(processID: processID, toSubgroups: groups)
        case .byController(let paths):
            try group.add(processID: processID, toSubgroups: paths.mapValues { Array($0.utf8) })
        }
    }

    private var noGroup: CgroupError {
        CgroupError(.notFound, "join a group below the container's", hint: "the container has no control group")
    }
}
