// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Tags that version 1 puts on a group's network packets. Version 2 has none; packets are matched by their group there.
public struct NetworkTags: Hashable, Sendable {
    /// The priority of packets that leave through one interface.
    public struct Priority: Hashable, Sendable {
        /// The interface's name, 1 to 15 bytes.
        public var interface: String
        /// The priority.
        public var priority: UInt32

        /// A priority on an interface.
        public init(interface: String, priority: UInt32) {
            self.interface = interface
            self.priority = priority
        }
    }

    /// `net_cls.classid`; `nil` leaves what is in force.
    public var classID: UInt32?
    /// Lines for `net_prio.ifpriomap`.
    public var priorities: [Priority]

    /// Tags for packets.
    public init(classID: UInt32? = nil, priorities: [Priority] = []) {
        self.classID = classID
        self.priorities = priorities
    }

    /// The writes that apply the tags.
    ///
    /// - Throws: ``CgroupError``: `unsupported` in version 2, `invalidLimit` for a malformed interface name.
    public func plan(_ version: CgroupVersion) throws(CgroupError) -> [CgroupWrite] {
        var plan: [CgroupWrite] = []
        if let classID {
            if version == .v2 { throw .unsupported("network.classID", by: .v2, .networkClass) }
            plan.append(CgroupWrite("net_cls.classid", "\(classID)", .networkClass, "network.classID"))
        }
        for item in priorities {
            if version == .v2 { throw .unsupported("network.priorities", by: .v2, .networkPriority) }
            if item.interface.utf8.count > 15 {
                throw .invalid("network.priorities", "an interface name has at most 15 bytes")
            }
            try RDMALimit.checkKey(item.interface, "network.priorities")
            plan.append(
                CgroupWrite(
                    "net_prio.ifpriomap",
                    "\(item.interface) \(item.priority)",
                    .networkPriority,
                    "network.priorities"
                )
            )
        }
        return plan
    }
}
