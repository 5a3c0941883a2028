// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CgroupKit

/// What a configuration asks of the control group.
struct CgroupRequest: Hashable, Sendable {
    /// `linux.cgroupsPath` as it stands; `nil` leaves the choice to the runtime.
    var path: String?
    /// The limits.
    var limits = CgroupLimits()
    /// Rules about devices, in order; the last ones allow what every container may use.
    var deviceRules: [DeviceRule] = DeviceRule.defaults
    /// Whether the configuration has rules about devices of its own.
    var hasOwnDeviceRules = false
    /// The annotations about the systemd unit, which mean nothing without one.
    var unitAnnotations: [String: String] = [:]
    /// The user on the host that the group is given to; `nil` leaves it to the caller.
    var owner: UInt32?

    /// Whether a container without a group would lack something that was asked for.
    var needsGroup: Bool { path != nil || needsLimits }

    /// Whether it would lack a limit that was asked for.
    var needsLimits: Bool { hasOwnDeviceRules || limits != CgroupLimits() }
}
