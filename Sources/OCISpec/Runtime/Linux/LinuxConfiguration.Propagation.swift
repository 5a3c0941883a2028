// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension LinuxConfiguration {
    /// How mounts below a mount spread to and from other mount namespaces.
    ///
    /// Specification: OCI runtime-spec 1.3, config-linux.md, section "Rootfs Mount Propagation".
    public enum Propagation: String, JSONRepresentable, Codable, CaseIterable, Hashable, Sendable {
        /// To and from.
        case shared
        /// Only from.
        case slave
        /// Not at all.
        case `private`
        /// Not at all, and it cannot be bind mounted.
        case unbindable
        /// As `shared`, with all mounts below.
        case recursivelyShared = "rshared"
        /// As `slave`, with all mounts below.
        case recursivelySlave = "rslave"
        /// As `private`, with all mounts below.
        case recursivelyPrivate = "rprivate"
        /// As `unbindable`, with all mounts below.
        case recursivelyUnbindable = "runbindable"
    }
}
