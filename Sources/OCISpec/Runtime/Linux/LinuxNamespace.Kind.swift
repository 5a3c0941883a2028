// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension LinuxNamespace {
    /// A kind of namespace.
    ///
    /// Specification: OCI runtime-spec 1.3, config-linux.md, section "Namespaces".
    public enum Kind: String, JSONRepresentable, Codable, CaseIterable, Hashable, Sendable {
        /// Process ids.
        case pid
        /// Network devices, addresses, ports.
        case network
        /// Mounts.
        case mount
        /// System V IPC and POSIX message queues.
        case ipc
        /// Host name and domain name.
        case uts
        /// User and group ids, capabilities.
        case user
        /// Root of the control group hierarchy.
        case cgroup
        /// Monotonic and boot time clocks.
        case time
    }
}
