// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec

/// What is stored of a container in its `state.json`.
struct StoredState: JSONRecord, Hashable, Sendable {
    /// The layout of this document.
    var version: Int
    /// What is shown of the container; its pid and status are those of the last transition.
    var record: ContainerRecord
    /// When the process started, in clock ticks since boot; with the boot it tells the process from a later one with
    /// the same number.
    var startTime: UInt64
    /// The boot in which the process was started.
    var bootID: String
    /// The control group's path, if it has one.
    var cgroup: String?
    /// The systemd unit, if systemd made the control group.
    var unit: String?
    /// Whether the unit is one of the user's own systemd.
    var isUnitOfUser: Bool?
    /// The resctrl groups that its processes belong to.
    var resourceControlGroups: [String]?
    /// Resctrl groups that were made for it, in the order in which they are to be removed.
    var resourceControlMade: [String]?
    /// Whether its processes stay in the session keyring of who starts them.
    var keepsSessionKeyring: Bool?
    /// Whether it is known to have no hooks that run after its creation, so that its configuration needs no reading for
    /// them.
    var lacksLaterHooks: Bool?

    static let currentVersion = 1

    init(record: ContainerRecord, startTime: UInt64 = 0, bootID: String = "", cgroup: String? = nil) {
        version = Self.currentVersion
        self.record = record
        self.startTime = startTime
        self.bootID = bootID
        self.cgroup = cgroup
    }

    init(reading reader: inout JSONReader) throws(JSONError) {
        self.init(
            record: ContainerRecord(
                ociVersion: "",
                id: "",
                pid: 0,
                status: .stopped,
                bundle: "",
                rootfs: "",
                created: "",
                owner: ""
            )
        )
        try reader.readRecord(&self)
    }

    mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("version", &version)
        try fields.required("record", &record)
        try fields.required("startTime", &startTime)
        try fields.required("bootID", &bootID)
        try fields.optional("cgroup", &cgroup)
        try fields.optional("unit", &unit)
        try fields.optional("isUnitOfUser", &isUnitOfUser)
        try fields.optional("resourceControlGroups", &resourceControlGroups)
        try fields.optional("resourceControlMade", &resourceControlMade)
        try fields.optional("keepsSessionKeyring", &keepsSessionKeyring)
        try fields.optional("lacksLaterHooks", &lacksLaterHooks)
        try fields.noOthers()
    }
}
