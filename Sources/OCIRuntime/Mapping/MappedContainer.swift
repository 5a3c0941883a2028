// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import NamespaceKit

/// A runtime configuration in the terms of the kits: everything that a creation applies.
struct MappedContainer: Sendable {
    /// Namespaces, mounts, devices, the process, and the hooks that run inside. The hooks' input is empty.
    var container: ContainerConfiguration
    /// The control group.
    var cgroup: CgroupRequest
    /// The class of cache and memory bandwidth, if one is asked for.
    var resourceControl: ResourceControlRequest?
    /// The hooks that run in the host's namespaces.
    var hostHooks: HostHooks
    /// Whether the process gets a terminal of its own.
    var terminalRequested: Bool
    /// What the specification has a runtime say and tolerate, a sentence each.
    var warnings: [String]
}
