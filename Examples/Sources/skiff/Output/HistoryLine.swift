// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// A step in the making of an image as lists show it.
struct HistoryLine {
    private let step: ResolvedImage.Step
    /// The image that the step ended in, where it is known.
    private let image: Digest?

    init(_ step: ResolvedImage.Step, image: Digest?) {
        self.step = step
        self.image = image
    }

    /// The step in a list.
    func row(isWhole: Bool) -> Listing.Row {
        let id = id(isWhole: isWhole)
        return Listing.Row(
            id: id,
            cells: [id, created, createdBy(isWhole: isWhole), size, comment],
            members: json(isWhole: isWhole)
        )
    }

    /// The image's id, cut short unless told otherwise.
    private func id(isWhole: Bool) -> String {
        guard let image else { return "<missing>" }
        return isWhole ? "\(image)" : String(image.encoded.prefix(12))
    }

    /// How long ago it was.
    private var created: String {
        guard let created = step.history.created else { return "N/A" }
        return Timestamp(created)?.ago ?? Self.printable(created)
    }

    /// The command, cut short unless told otherwise.
    private func createdBy(isWhole: Bool) -> String {
        let text = Self.printable(step.history.createdBy ?? "")
        return isWhole || text.count <= 45 ? text : "\(text.prefix(44))…"
    }

    /// The size of the layer.
    private var size: String { HumanSize.text(bytes: step.layer?.descriptor.size ?? 0) }

    /// The remark.
    private var comment: String { Self.printable(step.history.comment ?? "") }

    /// The members that docker's `--format json` has.
    private func json(isWhole: Bool) -> JSONValue {
        .members([
            "Comment": .string(step.history.comment ?? ""), "CreatedAt": .string(step.history.created ?? ""),
            "CreatedBy": .string(createdBy(isWhole: isWhole)), "CreatedSince": .string(created),
            "ID": .string(id(isWhole: isWhole)), "Size": .string(size),
        ])
    }

    /// The text in one line, without what would drive a terminal.
    private static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 })
        )
    }
}
