// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

extension Cgroup {
    /// Stops every process in the group and below it, and waits until all are stopped.
    ///
    /// Blocks the calling thread for at most about `timeout`. When it throws, the group has been thawed again.
    ///
    /// - Throws: ``CgroupError``: `timedOut` when a process could not be stopped in time (uninterruptible sleep),
    ///   `controllerMissing` when neither version 2 nor the version 1 freezer is there.
    /// - Note: Kernel 5.2 for version 2.
    public func freeze(timeout: Duration = .seconds(10)) throws(CgroupError) {
        let freezer = try freezer()
        do throws(CgroupError) {
            try freezer.request(frozen: true)
            try freezer.wait(for: .frozen, timeout: timeout)
        } catch {
            // The first error is the one to report; a group must not stay frozen behind it.
            try? freezer.request(frozen: false)
            throw error
        }
    }

    /// Lets the processes run again, and waits until the kernel says so.
    ///
    /// A group above that is frozen keeps this one frozen: then the call throws `timedOut`.
    public func thaw(timeout: Duration = .seconds(10)) throws(CgroupError) {
        let freezer = try freezer()
        try freezer.request(frozen: false)
        try freezer.wait(for: .thawed, timeout: timeout)
    }

    /// Whether the processes run now; `thawed` where the layout has no freezer.
    public var freezerState: FreezerState {
        get throws(CgroupError) {
            guard let freezer = Freezer(self) else { return .thawed }
            return try freezer.state()
        }
    }

    /// Whether the processes of the group `path` run now; `thawed` where the layout has no freezer.
    ///
    /// Opens the group in one hierarchy only, where ``open(at:layout:)`` and ``freezerState`` open it in all.
    ///
    /// - Parameters:
    ///   - path: The group.
    ///   - layout: The machine's hierarchies.
    /// - Returns: The state.
    /// - Throws: ``CgroupError``: `notFound` when no hierarchy with a freezer has the group.
    public static func freezerState(
        at path: CgroupPath,
        layout: CgroupLayout
    ) throws(CgroupError) -> FreezerState {
        let hierarchies = layout.hierarchies.filter { $0.version == .v2 || $0.controllers.contains(.freezer) }
        return hierarchies.isEmpty ? .thawed : try open(at: path, layout: layout, in: hierarchies).freezerState
    }

    private func freezer() throws(CgroupError) -> Freezer {
        guard let freezer = Freezer(self) else {
            throw CgroupError(
                .controllerMissing,
                "freeze cgroup",
                field: "freezer",
                hint: "neither a version 2 hierarchy nor the version 1 freezer is there"
            )
        }
        return freezer
    }
}

/// The two interfaces for stopping a group.
struct Freezer {
    private let directory: CgroupDirectory

    /// The version 1 freezer where it is mounted, as all members are in it; else version 2.
    init?(_ group: Cgroup) {
        guard let directory = group.legacy(.freezer) ?? group.unified else { return nil }
        self.directory = directory
    }

    private var isUnified: Bool { directory.hierarchy.version == .v2 }

    func request(frozen: Bool) throws(CgroupError) {
        let step = frozen ? "freeze cgroup" : "thaw cgroup"
        if isUnified {
            try directory.write("cgroup.freeze", frozen ? "1" : "0", step: step)
        } else {
            try directory.write("freezer.state", frozen ? "FROZEN" : "THAWED", step: step)
        }
    }

    func state() throws(CgroupError) -> FreezerState {
        if isUnified {
            guard let wanted = try directory.readIfPresent("cgroup.freeze") else { return .thawed }
            if KernelText.table(try directory.read("cgroup.events"))["frozen"] == 1 { return .frozen }
            return KernelText.number(wanted) == 1 ? .freezing : .thawed
        }
        guard let text = try directory.readIfPresent("freezer.state") else { return .thawed }
        switch KernelText.words(text).first {
        case "FROZEN": return .frozen
        case "FREEZING": return .freezing
        default: return .thawed
        }
    }

    func wait(for wanted: FreezerState, timeout: Duration) throws(CgroupError) {
        var deadline = Deadline(after: timeout)
        while try state() != wanted {
            if !deadline.wait() {
                let name = wanted == .frozen ? "freeze" : "thaw"
                throw CgroupError(
                    .timedOut,
                    "\(name) cgroup",
                    path: directory.path,
                    hint: wanted == .frozen
                        ? "a process is in uninterruptible sleep" : "a group above may be frozen"
                )
            }
            // Version 1 stops tasks that were forking meanwhile only when it is asked again.
            if !isUnified && wanted == .frozen { try request(frozen: true) }
        }
    }
}
