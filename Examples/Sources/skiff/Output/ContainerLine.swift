// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// A container as lists show it.
struct ContainerLine {
    let metadata: ContainerMetadata
    private let status: StoredContainer.Status
    private let started: Timestamp?
    private let health: Health?

    init(_ container: StoredContainer) throws {
        metadata = container.metadata
        status = try container.status()
        health = SupervisorRecord.read(container).health
        // One that has ended meanwhile has no state any more.
        started = (try? container.runtimeContainer().state().created).flatMap(Timestamp.init)
    }

    /// Whether it runs, or is paused.
    var isAlive: Bool {
        switch status {
        case .running, .paused: true
        case .created, .exited: false
        }
    }

    /// The state in one word.
    var state: String {
        switch status {
        case .created: "created"
        case .running: "running"
        case .paused: "paused"
        case .exited: "exited"
        }
    }

    /// The state with its times.
    var statusText: String {
        switch status {
        case .created: return "Created"
        case .running:
            let word = health.map { $0.status == .starting ? " (health: starting)" : " (\($0.status.rawValue))" }
            return "Up \(started?.elapsed ?? "")\(word ?? "")"
        case .paused: return "Up \(started?.elapsed ?? "") (Paused)"
        case .exited(nil): return "Exited"
        case .exited(.some(let exit)):
            return "Exited (\(exit.status)) \(Timestamp(exit.finished)?.ago ?? "")"
        }
    }

    /// The id, cut short unless told otherwise.
    func id(isWhole: Bool) -> String { isWhole ? metadata.id : String(metadata.id.prefix(12)) }

    /// The command in quotes, cut short unless told otherwise.
    func command(isWhole: Bool) -> String {
        let text = metadata.command.joined(separator: " ")
        let visible = String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
        if isWhole || visible.count <= 20 { return "\"\(visible)\"" }
        return "\"\(visible.prefix(19))…\""
    }

    /// How long ago it was made.
    var created: String { Timestamp(metadata.created)?.ago ?? metadata.created }

    /// The container in a list.
    func row(isWhole: Bool) -> Listing.Row {
        let id = id(isWhole: isWhole)
        return Listing.Row(
            id: id,
            cells: [id, metadata.image, command(isWhole: isWhole), created, statusText, "", metadata.name],
            members: json(isWhole: isWhole)
        )
    }

    /// The members that docker's `--format json` has.
    private func json(isWhole: Bool) -> JSONValue {
        .members([
            "Command": .string(command(isWhole: isWhole)), "CreatedAt": .string(metadata.created),
            "ID": .string(id(isWhole: isWhole)), "Image": .string(metadata.image),
            "Labels": .string(
                metadata.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
            ),
            "Names": .string(metadata.name), "Ports": .string(""), "RunningFor": .string(created),
            "State": .string(state), "Status": .string(statusText),
        ])
    }
}
