// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A range of identifiers inside a user namespace and the range outside that it stands for (user_namespaces(7)).
public struct IDMapping: Hashable, Sendable {
    /// The first identifier inside.
    public var containerID: UInt32
    /// The first identifier outside.
    public var hostID: UInt32
    /// The number of identifiers, at least 1.
    public var count: UInt32

    /// Makes a mapping of `count` identifiers.
    public init(containerID: UInt32, hostID: UInt32, count: UInt32) {
        self.containerID = containerID
        self.hostID = hostID
        self.count = count
    }

    /// The identifier outside that `id` stands for, if this range has it.
    public func hostID(for id: UInt32) -> UInt32? {
        guard id >= containerID, id - containerID < count else { return nil }
        let (sum, overflow) = hostID.addingReportingOverflow(id - containerID)
        return overflow ? nil : sum
    }

    /// The content of `uid_map` or `gid_map`.
    static func fileContent(_ mappings: [IDMapping]) -> [UInt8] {
        Array(mappings.map { "\($0.containerID) \($0.hostID) \($0.count)\n" }.joined().utf8)
    }
}
