// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// What a container's supervisor tells others: the content of `supervisor.json` in the container's directory.
struct SupervisorRecord: JSONRecord, Equatable {
    /// How often it has started the container again.
    var restarts = 0
    /// How well the container is; `nil` when nobody looks.
    var health: Health?

    init() {}

    init(reading reader: inout JSONReader) throws(JSONError) { try reader.readRecord(&self) }

    mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("restarts", &restarts)
        try fields.optional("health", &health)
    }

    private static func file(_ container: StoredContainer) -> String {
        container.bundle.appending("supervisor.json").string
    }

    /// What is noted of a container; nothing when it has no supervisor that notes anything.
    static func read(_ container: StoredContainer) -> SupervisorRecord {
        guard let bytes = try? HostPath.read(file(container)) else { return SupervisorRecord() }
        return (try? SupervisorRecord(json: bytes)) ?? SupervisorRecord()
    }

    /// Notes it. A container that is removed meanwhile needs no note.
    func write(_ container: StoredContainer) {
        guard let file = try? NewFile(Self.file(container)) else { return }
        guard (try? file.write(json())) != nil else { return }
        try? file.commit()
    }
}
