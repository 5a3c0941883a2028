// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A network device of the host that is moved into a container's network namespace.
///
/// Its permanent addresses of global scope come along, and it is up afterwards. Nobody moves it back: when the namespace
/// ends, the kernel gives a physical device back to the host and destroys a virtual one.
///
/// Specification: OCI runtime-spec 1.3, config-linux.md, "Network Devices".
public struct NetworkDevice: Hashable, Sendable {
    /// Its name on the host: 1 to 15 bytes without white space, `/` and `:`.
    public var name: [UInt8]
    /// Its name in the container; `nil` keeps it. With `%d` in it the kernel chooses a number that is free.
    public var newName: [UInt8]?

    /// Describes a device.
    public init(_ name: [UInt8], newName: [UInt8]? = nil) {
        self.name = name
        self.newName = newName
    }
}
