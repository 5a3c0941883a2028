// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import SystemPackage

/// A device node or FIFO to make inside the container (mknod(2)).
public struct DeviceNode: Hashable, Sendable {
    /// What is made.
    public enum Kind: Hashable, Sendable { case character, block, fifo }

    /// Its path inside the root.
    public var path: FilePath
    /// What is made.
    public var kind: Kind
    /// The device's major number; 0 for a FIFO.
    public var major: UInt32
    /// The device's minor number; 0 for a FIFO.
    public var minor: UInt32
    /// Permission bits.
    public var permissions: UInt32
    /// Owner inside the container.
    public var uid: UInt32
    /// Group inside the container.
    public var gid: UInt32

    /// Makes a description of a node.
    public init(
        path: FilePath,
        kind: Kind,
        major: UInt32 = 0,
        minor: UInt32 = 0,
        permissions: UInt32 = 0o666,
        uid: UInt32 = 0,
        gid: UInt32 = 0
    ) {
        self.path = path
        self.kind = kind
        self.major = major
        self.minor = minor
        self.permissions = permissions
        self.uid = uid
        self.gid = gid
    }

    /// The nodes that every container has (OCI runtime-spec, config-linux.md, "Default Devices").
    public static let defaults: [DeviceNode] = [
        DeviceNode(path: "/dev/null", kind: .character, major: 1, minor: 3),
        DeviceNode(path: "/dev/zero", kind: .character, major: 1, minor: 5),
        DeviceNode(path: "/dev/full", kind: .character, major: 1, minor: 7),
        DeviceNode(path: "/dev/random", kind: .character, major: 1, minor: 8),
        DeviceNode(path: "/dev/urandom", kind: .character, major: 1, minor: 9),
        DeviceNode(path: "/dev/tty", kind: .character, major: 5, minor: 0),
    ]

    /// The file mode with its type bits.
    var mode: UInt32 {
        switch kind {
        case .character: 0o020000 | permissions
        case .block: 0o060000 | permissions
        case .fifo: 0o010000 | permissions
        }
    }
}
