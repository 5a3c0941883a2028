// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import NamespaceKit
internal import OCISpec
internal import SystemPackage

/// What every container of a pool has, and the checks that a request agrees with it.
struct PoolTemplate: Sendable {
    let runtime: Runtime
    let mapped: MappedContainer
    let bundle: FilePath
    let options: CreateOptions

    /// Checks that containers of this configuration can be prepared.
    ///
    /// - Throws: ``RuntimeError``: `unsupported`, with the field's name.
    func check() throws(RuntimeError) {
        var fields: [String] = []
        if mapped.cgroup.path.nonEmptyBytes != nil { fields.append("linux.cgroupsPath") }
        if !mapped.hostHooks.prestart.isEmpty { fields.append("hooks.prestart") }
        if !mapped.hostHooks.createRuntime.isEmpty { fields.append("hooks.createRuntime") }
        if mapped.container.hooks.contains(where: { $0.point == .beforePivot }) {
            fields.append("hooks.createContainer")
        }
        if !mapped.container.networkDevices.isEmpty { fields.append("linux.netDevices") }
        if case .detached = mapped.container.root { fields.append("CreateOptions.root") }
        if mapped.container.mounts.contains(where: \.isDetached) { fields.append("mounts") }
        if options.cgroupManager == .systemd { fields.append("CreateOptions.cgroupManager") }
        if options.offersNotifySocket { fields.append("CreateOptions.offersNotifySocket") }
        if fields.isEmpty { return }
        throw RuntimeError(
            .unsupported,
            "a pool prepares containers before they have an id, and cannot share among them: "
                + fields.joined(separator: ", "),
            hint: "leave this out, or create such containers without a pool"
        )
    }

    /// The fields in which a request differs from what is decided when a container is prepared.
    func difference(_ requested: MappedContainer, _ wanted: CreateOptions) -> [String] {
        var fields = PlanBuilder.difference(requested.container, decidedBefore: mapped.container)
        if requested.cgroup.path.nonEmptyBytes != nil { fields.append("linux.cgroupsPath") }
        var cgroup = requested.cgroup
        cgroup.path = mapped.cgroup.path
        if cgroup != mapped.cgroup { fields.append("linux.resources") }
        if !requested.hostHooks.prestart.isEmpty { fields.append("hooks.prestart") }
        if !requested.hostHooks.createRuntime.isEmpty { fields.append("hooks.createRuntime") }
        if wanted.cgroupManager != options.cgroupManager { fields.append("CreateOptions.cgroupManager") }
        if wanted.isRootless != options.isRootless { fields.append("CreateOptions.isRootless") }
        if wanted.timesSteps != options.timesSteps { fields.append("CreateOptions.recordsTimes") }
        if wanted.offersNotifySocket { fields.append("CreateOptions.offersNotifySocket") }
        return fields
    }
}

extension ContainerMount {
    /// Whether it is a mount that can be attached only once.
    fileprivate var isDetached: Bool { if case .detached = source { true } else { false } }
}
