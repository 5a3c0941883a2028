// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CgroupKit

extension DeviceRule {
    /// What every container may do: make nodes, which gives no access to a device, and use the default devices and
    /// its own terminals. They follow a configuration's own rules, as other runtimes have it.
    static let defaults: [DeviceRule] =
        [
            DeviceRule(allow: true, .character, major: nil, minor: nil, access: .mknod),
            DeviceRule(allow: true, .block, major: nil, minor: nil, access: .mknod),
        ]
        + [(1, 3), (1, 5), (1, 7), (1, 8), (1, 9), (5, 0), (5, 2)].map { major, minor in
            DeviceRule(allow: true, .character, major: major, minor: minor, access: .full)
        } + [DeviceRule(allow: true, .character, major: 136, minor: nil, access: .full)]
}
