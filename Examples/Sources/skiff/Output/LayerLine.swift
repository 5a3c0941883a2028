// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// A layer as `layers` shows it.
struct LayerLine {
    private let position: Int
    private let layer: ResolvedImage.Layer
    private let merged: MergedLayer
    private let createdBy: String

    /// The layers of an image, the lowest first.
    static func lines(_ image: ResolvedImage, _ tree: MergedTree) -> [LayerLine] {
        let steps = (image.configuration.history ?? []).filter { $0.emptyLayer != true }
        // A history that has another number of layers says nothing of any.
        let isKnown = steps.count == image.layers.count
        return zip(image.layers, tree.layers).enumerated().map { position, layers in
            LayerLine(
                position: position,
                layer: layers.0,
                merged: layers.1,
                createdBy: isKnown ? steps[position].createdBy ?? "" : ""
            )
        }
    }

    /// The layer in a list.
    func row(isWhole: Bool) -> Listing.Row {
        Listing.Row(id: "\(layer.descriptor.digest)", cells: cells(isWhole: isWhole), members: json)
    }

    /// The cells of the table.
    func cells(isWhole: Bool, showsWholeCommand: Bool = false) -> [String] {
        let visible = ByteText(String(createdBy.map { $0.isWhitespace ? " " : $0 })).description
        let isShort = isWhole || showsWholeCommand || visible.count <= 45
        return [
            "\(position)", isWhole ? "\(layer.descriptor.digest)" : String(layer.descriptor.digest.encoded.prefix(12)),
            HumanSize.text(bytes: layer.descriptor.size), "\(merged.entries)",
            HumanSize.text(bytes: Int64(clamping: merged.size)), HumanSize.text(bytes: Int64(clamping: merged.wasted)),
            isShort ? visible : "\(visible.prefix(44))…",
        ]
    }

    /// The object of one line.
    private var json: JSONValue {
        .members([
            "layer": .integer(position), "digest": .string("\(layer.descriptor.digest)"),
            "mediaType": .string(layer.descriptor.mediaType.rawValue), "size": .integer(layer.descriptor.size),
            "diffID": .string("\(layer.diffID)"), "entries": .integer(merged.entries),
            "streamBytes": .integer(merged.streamBytes), "files": .integer(merged.size),
            "wasted": .integer(merged.wasted), "createdBy": .string(createdBy),
        ])
    }
}
