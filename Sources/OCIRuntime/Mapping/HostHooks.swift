// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec

/// The hooks that run in the host's namespaces, in the order of their points.
struct HostHooks: Hashable, Sendable {
    /// Deprecated, before `createRuntime` at the same point.
    var prestart: [RuntimeConfiguration.Hook] = []
    /// After the namespaces are made, before the root changes.
    var createRuntime: [RuntimeConfiguration.Hook] = []
    /// After the program was started.
    var poststart: [RuntimeConfiguration.Hook] = []
    /// After the container was deleted.
    var poststop: [RuntimeConfiguration.Hook] = []
}
