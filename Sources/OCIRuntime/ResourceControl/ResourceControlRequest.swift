// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// What a configuration asks of resctrl, the kernel's interface to cache allocation and memory bandwidth.
///
/// Specification: OCI runtime-spec 1.3, config-linux.md, section "IntelRdt".
struct ResourceControlRequest: Hashable, Sendable {
    /// The class of service's directory; `/` is the default class, `nil` one with the container's id, which goes with
    /// the container.
    var classOfService: String?
    /// Lines for the file `schemata`, in order.
    var schemata: [String] = []
    /// Whether the container gets a monitoring group of its own.
    var monitors = false
}
