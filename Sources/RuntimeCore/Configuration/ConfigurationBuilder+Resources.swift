// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import OCISpec
internal import SystemPackage

extension ConfigurationBuilder {
    /// A device node to make, and the rule that lets the container use it.
    struct Device: Hashable, Sendable {
        var node: LinuxDevice
        var rule: LinuxDeviceRule
    }

    /// The device nodes that the caller asked for, as they are on the host.
    func devices() throws(ContainerStoreError) -> [Device] {
        var devices: [Device] = []
        for request in options.devices { devices.append(try device(request)) }
        return devices
    }

    private func device(_ request: DeviceRequest) throws(ContainerStoreError) -> Device {
        let status = try about("look at the device \(request.source)") { () throws(SystemCallError) in
            try OwnedFileDescriptor.open(FilePath(request.source), CLINUX_O_PATH).status()
        }
        guard status.kind == .character || status.kind == .block else {
            throw ContainerStoreError(.invalidOptions, "\(request.source) is not a device node")
        }
        let major = Int64(status.represents.major)
        let minor = Int64(status.represents.minor)
        return Device(
            node: LinuxDevice(
                type: status.kind == .character ? .character : .block,
                path: request.destination,
                major: major,
                minor: minor,
                fileMode: status.permissions,
                uid: status.uid,
                gid: status.gid
            ),
            rule: LinuxDeviceRule(
                allow: true,
                type: status.kind == .character ? .character : .block,
                major: major,
                minor: minor,
                access: request.access
            )
        )
    }

    /// The limits of the control group: no device but the default ones and those asked for.
    func resources(_ devices: [Device]) throws(ContainerStoreError) -> LinuxResources {
        var resources = try options.limits.resources(countsSwap: countsSwap)
        resources.devices = [LinuxDeviceRule(allow: false, access: "rwm")] + devices.map(\.rule)
        return resources
    }
}
