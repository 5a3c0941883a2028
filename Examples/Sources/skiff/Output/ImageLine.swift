// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// An image as lists show it.
struct ImageLine {
    let summary: ImageSummary

    init(_ summary: ImageSummary) { self.summary = summary }

    /// The name without its tag.
    var repository: String {
        guard let reference = summary.reference else { return "<none>" }
        // The familiar name ends with the tag and the digest, whichever it has.
        var name = reference.familiar
        if let digest = reference.digest { name.removeLast("@\(digest)".count) }
        if let tag = reference.tag { name.removeLast(tag.count + 1) }
        return name
    }

    /// The tag.
    var tag: String { summary.reference?.tag ?? (summary.reference == nil ? summary.name : nil) ?? "<none>" }

    /// The id, cut short unless told otherwise.
    func id(isWhole: Bool) -> String {
        isWhole ? "\(summary.id)" : String(summary.id.encoded.prefix(12))
    }

    /// How long ago it was made.
    var created: String {
        guard let created = summary.created else { return "N/A" }
        return Timestamp(created)?.ago ?? created
    }

    /// The image in a list.
    func row(isWhole: Bool, hasDigest: Bool) -> Listing.Row {
        let id = id(isWhole: isWhole)
        let digest = hasDigest ? ["\(summary.manifest.digest)"] : []
        return Listing.Row(
            id: id,
            cells: [repository, tag] + digest + [id, created, HumanSize.text(bytes: summary.size)],
            members: json(isWhole: isWhole)
        )
    }

    /// The members that docker's `--format json` has.
    private func json(isWhole: Bool) -> JSONValue {
        .members([
            "Containers": .string("N/A"), "CreatedAt": .string(summary.created ?? ""), "CreatedSince": .string(created),
            "Digest": .string("\(summary.manifest.digest)"), "ID": .string(id(isWhole: isWhole)),
            "Repository": .string(repository), "Size": .string(HumanSize.text(bytes: summary.size)),
            "Tag": .string(tag),
        ])
    }
}
