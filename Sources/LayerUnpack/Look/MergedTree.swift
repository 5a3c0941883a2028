// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// What an image shows by path, computed from its layers' entries without unpacking anything.
///
/// It is what overlayfs shows of the layers stacked. A directory that a layer has no entry for keeps the attributes that
/// a lower layer gave it.
public struct MergedTree: JSONRecord, Hashable, Sendable {
    /// The layers, the lowest first.
    public var layers: [MergedLayer]
    /// Everything that the image shows, its root first, a directory before what is in it, names in the order of their
    /// bytes.
    public var entries: [MergedEntry]
    /// Files that layers hold and the image does not show, in the order in which they were lost.
    public var wasted: [WastedFile]

    /// Bytes of all files that the image shows, each counted once whatever its names.
    public var size: UInt64 { entries.reduce(0) { $0 &+ ($1.entry.kind == .file ? $1.entry.size : 0) } }
    /// Bytes of files that layers hold and the image does not show.
    public var wastedBytes: UInt64 { wasted.reduce(0) { $0 &+ $1.size } }

    /// Reads layers to their ends.
    ///
    /// - Parameters:
    ///   - layers: An image's layers, the lowest first.
    ///   - limits: What each may ask for.
    ///   - contents: Whether contents are hashed, which tells files of one size apart.
    /// - Throws: ``LayerUnpackError``: what unpacking would refuse; `cancelled` in a cancelled task.
    public init(
        _ layers: [LayerSource],
        limits: LayerLimits = LayerLimits(),
        contents: LayerListing.Contents = .skipped
    ) throws(LayerUnpackError) {
        var merger = TreeMerger()
        self.layers = []
        for (position, source) in layers.enumerated() {
            merger.begin(layer: position)
            do throws(LayerUnpackError) {
                self.layers.append(try Self.read(source, limits, contents, into: &merger))
            } catch {
                throw error.inLayer(position)
            }
        }
        wasted = merger.wasted
        entries = []
        for file in wasted { self.layers[file.layer].wasted &+= file.size }
        var firstNames: [ObjectIdentifier: [UInt8]] = [:]
        collect(merger.root, at: [], &firstNames)
    }

    private static func read(
        _ source: LayerSource,
        _ limits: LayerLimits,
        _ contents: LayerListing.Contents,
        into merger: inout TreeMerger
    ) throws(LayerUnpackError) -> MergedLayer {
        let listing = try LayerListing(source, limits: limits, contents: contents)
        var size: UInt64 = 0
        while let (entry, ordinal) = try listing.nextNumbered() {
            size += entry.size
            try merger.add(entry, ordinal: ordinal)
        }
        guard let summary = listing.summary else { throw LayerUnpackError(.truncated, "list layer") }
        var layer = MergedLayer(diffID: summary.diffID)
        (layer.entries, layer.streamBytes, layer.size) = (summary.entries, summary.streamBytes, size)
        return layer
    }

    private mutating func collect(_ node: TreeNode, at path: [UInt8], _ firstNames: inout [ObjectIdentifier: [UInt8]]) {
        var firstName: [UInt8]?
        if node.file.names > 1 && !node.isDirectory {
            firstName = firstNames[ObjectIdentifier(node.file)]
            if firstName == nil { firstNames[ObjectIdentifier(node.file)] = path }
        }
        entries.append(MergedEntry(node.file, at: path, firstName: firstName))
        let prefix = path.isEmpty ? [] : path + [UInt8(ascii: "/")]
        for child in node.children.values.sorted(by: { $0.name.lexicographicallyPrecedes($1.name) }) {
            collect(child, at: prefix + child.name, &firstNames)
        }
    }

    /// Reads the value from an object.
    ///
    /// - Parameter reader: The reader.
    /// - Throws: `JSONError`.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        (layers, entries, wasted) = ([], [], [])
        try reader.readRecord(&self)
    }

    /// Lists the members.
    ///
    /// - Parameter fields: What is done with them.
    /// - Throws: What `fields` throws.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("layers", &layers)
        try fields.required("entries", &entries)
        try fields.required("wasted", &wasted)
    }
}
