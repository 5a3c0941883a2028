// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import CgroupKit
internal import LinuxSystem
internal import SystemPackage

/// A container's unit, and the systemd that it is given to.
struct SystemdPlacement: Sendable {
    let unit: SystemdUnit
    let manager: SystemdManager
    let facts: SystemdManager.Facts
    /// Whether it is the user's own systemd.
    let isUser: Bool
    /// Where the unit's control group will be.
    let path: CgroupPath
    /// What annotations ask for.
    let properties: [SystemdProperty]

    /// Asks systemd where it puts the unit; nothing is made yet.
    init(_ request: CgroupRequest, id: String, layout: CgroupLayout) throws(CgroupError) {
        isUser = HostPrivilege.isUnprivileged
        if isUser && layout.kind != .unified {
            throw CgroupError(
                .unsupported,
                "use systemd for control groups",
                hint: "a user's own systemd has none to give on cgroup version 1"
            )
        }
        manager = Self.manager(isUser: isUser)
        unit = try SystemdUnit(request.path.map { Array($0.utf8) }, name: id, defaultSlice: manager.defaultSlice)
        var properties: [SystemdProperty] = []
        for (key, value) in request.unitAnnotations.sorted(by: { $0.key < $1.key }) {
            properties.append(try SystemdProperty(annotation: key, value: value))
        }
        self.properties = properties
        facts = try manager.facts()
        path = try unit.path(below: facts.controlGroup, layout: layout)
    }

    /// Starts the unit with the process in it, and opens its group in every hierarchy: systemd makes those it knows.
    ///
    /// - Parameters:
    ///   - processID: The process.
    ///   - id: The container's id.
    ///   - limits: The limits of the new group, as far as systemd has properties for them.
    ///   - layout: The machine's hierarchies.
    /// - Returns: The group. The unit ends with the process.
    /// - Throws: `CgroupError`: what systemd refuses, or a group that is not where it should be.
    func start(
        processID: Int32,
        container id: String,
        limits: CgroupLimits,
        layout: CgroupLayout
    ) throws(CgroupError) -> Cgroup {
        let wanted = try limits.systemdProperties(layout, systemd: facts.version, isNew: true)
        try manager.start(
            unit,
            processID: processID,
            description: "skiff container \(id)",
            properties: wanted + properties,
            isUnified: layout.kind == .unified
        )
        let group = try Cgroup.create(at: path, layout: layout, existing: .reuse)
        if layout.kind == .unified {
            try group.verify(processID: processID)
        } else {
            try group.add(processID: processID)
        }
        return group
    }

    /// The systemd that is asked: the machine's, or the user's own.
    static func manager(isUser: Bool) -> SystemdManager {
        if !isUser { return .machine() }
        return .user(
            runtimeDirectory: ProcessEnvironment.value(of: "XDG_RUNTIME_DIR").map { FilePath($0) },
            busAddress: ProcessEnvironment.value(of: "DBUS_SESSION_BUS_ADDRESS")
        )
    }
}
