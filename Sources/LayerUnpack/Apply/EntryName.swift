// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The name of an entry below the tree's root, in normal form.
///
/// Leading slashes, empty components and `.` are dropped; `..` is refused wherever it stands. No component ever takes
/// part in a decision as text: these are bytes, as for the kernel.
struct EntryName: Hashable, Sendable {
    /// The components joined by single slashes; empty for the root.
    let bytes: [UInt8]
    /// The components.
    let components: [ArraySlice<UInt8>]

    /// Checks the name `raw` as it stands in the archive; a `..` in it is reported as `traversal`.
    init(
        _ raw: [UInt8],
        limits: LayerLimits,
        traversal: LayerUnpackError.Code = .pathTraversal
    ) throws(LayerUnpackError) {
        if raw.isEmpty { throw LayerUnpackError(.badName, "check name", detail: "it is empty") }
        if raw.contains(0) { throw LayerUnpackError(.badName, "check name", detail: "it has a NUL byte") }
        if raw.count > limits.nameBytes {
            throw LayerUnpackError(.badName, "check name", detail: "it has more than \(limits.nameBytes) bytes")
        }
        var components: [ArraySlice<UInt8>] = []
        for component in raw.split(separator: UInt8(ascii: "/")) {
            if component.elementsEqual(CollectionOfOne(UInt8(ascii: "."))) { continue }
            if component.elementsEqual("..".utf8) {
                throw LayerUnpackError(traversal, "check name", detail: "it has the component \"..\"")
            }
            // A whiteout hides a name that may be as long as any.
            let mark = component.starts(with: Whiteout.prefix) ? Whiteout.prefix.count : 0
            if component.count > limits.componentBytes + mark {
                throw LayerUnpackError(
                    .badName,
                    "check name",
                    detail: "a component has more than \(limits.componentBytes) bytes"
                )
            }
            components.append(component)
        }
        if components.count > limits.depth {
            throw LayerUnpackError(.limit, "check name", detail: "more than \(limits.depth) components")
        }
        self.components = components
        bytes = Array(components.joined(separator: CollectionOfOne(UInt8(ascii: "/"))))
    }

    /// Whether this is the tree's root itself.
    var isRoot: Bool { components.isEmpty }

    /// The last component; empty for the root.
    var last: [UInt8] { Array(components.last ?? []) }

    /// Everything before the last component; empty for what is directly below the root.
    var parent: [UInt8] { Array(bytes.dropLast((components.last?.count ?? 0) + (components.count > 1 ? 1 : 0))) }
}
