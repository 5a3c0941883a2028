// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Who makes a container's control group.
public enum CgroupManager: Hashable, Sendable {
    /// This library, in the kernel's file systems.
    case fileSystem
    /// systemd, as a scope: the machine's for root, else the user's own. `cgroupsPath` is `slice:prefix:name` then, and
    /// annotations `org.systemd.property.NAME` set properties of the scope.
    case systemd
    /// Nobody: the container stays in the caller's group, and a configuration that asks for limits is refused.
    case disabled
}
