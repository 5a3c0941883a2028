// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// Reads the entries of a layer one by one, without unpacking anything.
///
/// An entry is checked as if it were unpacked, and refused for the same reasons.
///
/// ```swift
/// let listing = try LayerListing(source)
/// while let entry = try listing.next() { print(entry.path, entry.size) }
/// ```
public final class LayerListing {
    /// Whether contents are looked at.
    public enum Contents: Hashable, Sendable {
        /// They are passed over.
        case skipped
        /// The SHA-256 of every file's content is computed.
        case hashed
    }

    /// What is known of a layer once it was read to its end.
    public struct Summary: Hashable, Sendable {
        /// Entries that were read, whiteouts included.
        public let entries: UInt64
        /// Bytes of the uncompressed tar stream.
        public let streamBytes: UInt64
        /// The digest of the uncompressed stream, in the algorithm of the expected diffID, else sha256.
        public let diffID: Digest
    }

    /// Set once ``next()`` has returned `nil`: the layer was read to its end, and every digest was as expected.
    public private(set) var summary: Summary?

    private let reader: TarReader
    private let limits: LayerLimits
    private let contents: Contents
    private var budget: ContentBudget
    private var entries: UInt64 = 0

    /// Starts to read a layer. Inflating and hashing run on threads of their own until the value goes away.
    ///
    /// - Parameters:
    ///   - source: The layer; its size and digests are compared where it has them.
    ///   - limits: What the layer may ask for.
    ///   - contents: Whether contents are looked at.
    /// - Throws: ``LayerUnpackError``: `systemCall` when no thread can be started; what is wrong with the layer's first
    ///   bytes.
    public init(
        _ source: LayerSource,
        limits: LayerLimits = LayerLimits(),
        contents: Contents = .skipped
    ) throws(LayerUnpackError) {
        reader = try TarReader(source, limits: limits)
        self.limits = limits
        self.contents = contents
        budget = ContentBudget(limits)
    }

    /// The next entry, or `nil` at the layer's end, by when size and digests have been compared.
    ///
    /// What was listed before an error is not verified: only an image that was read to its end is what it says.
    ///
    /// - Returns: The entry.
    /// - Throws: ``LayerUnpackError``; `cancelled` in a cancelled task.
    public func next() throws(LayerUnpackError) -> ListedEntry? { try nextNumbered()?.entry }

    /// The next entry, and its position in the archive.
    func nextNumbered() throws(LayerUnpackError) -> (entry: ListedEntry, ordinal: UInt64)? {
        while summary == nil {
            if Task.isCancelled { throw LayerUnpackError(.cancelled, "list layer") }
            guard let entry = try reader.next() else {
                let end = try reader.finish()
                summary = Summary(entries: entries, streamBytes: end.count, diffID: end.digest)
                return nil
            }
            let ordinal = entries
            entries += 1
            do throws(LayerUnpackError) {
                if let listed = try listed(entry) { return (listed, ordinal) }
            } catch {
                throw error.about(entry.name)
            }
        }
        return nil
    }

    /// The entry as it is shown; `nil` for bookkeeping of aufs, which has no meaning.
    private func listed(_ entry: TarEntry) throws(LayerUnpackError) -> ListedEntry? {
        let name = try EntryName(entry.name, limits: limits)
        switch try Whiteout(name, kind: entry.kind) {
        case .ignored: return nil
        case .opaque: return ListedEntry(.opaque, name.parent)
        case .file(let hidden):
            let parent = name.parent
            return ListedEntry(.whiteout, parent.isEmpty ? hidden : parent + [UInt8(ascii: "/")] + hidden)
        case nil: break
        }
        if name.isRoot && entry.kind != .directory { throw LayerUnpackError.rootIsNoDirectory }
        try budget.spend(entry)
        var listed = ListedEntry(ListedEntry.Kind(entry.kind), name.bytes)
        let owner = try Owner(entry)
        (listed.mode, listed.uid, listed.gid) = (entry.mode, owner.uid, owner.gid)
        listed.size = entry.kind == .regular ? UInt64(clamping: entry.size) : 0
        listed.modified = ListedEntry.Time(seconds: entry.modified.seconds, nanoseconds: entry.modified.nanoseconds)
        listed.device = try DeviceNumber(entry)
        switch entry.kind {
        case .symlink: listed.linkTarget = ByteText(try entry.checkedSymlinkTarget)
        case .hardLink:
            let target = try EntryName(entry.linkTarget, limits: limits, traversal: .linkTarget)
            listed.linkTarget = ByteText(target.bytes)
        default: break
        }
        if !entry.attributes.isEmpty { listed.attributes = entry.attributes.map(ListedAttribute.init) }
        if contents == .hashed && entry.kind == .regular { listed.content = try digest(of: entry) }
        return listed
    }

    private func digest(of entry: TarEntry) throws(LayerUnpackError) -> Digest {
        var hash = StreamHash(.sha256)
        if entry.size > 0 {
            try unsafe reader.streamContent(of: entry) { (piece) throws(LayerUnpackError) in
                unsafe hash.update(piece)
            }
        }
        return hash.finalize()
    }
}

extension ListedEntry.Kind {
    init(_ kind: TarEntry.Kind) {
        self =
            switch kind {
            case .regular: .file
            case .hardLink: .hardLink
            case .symlink: .symlink
            case .character: .characterDevice
            case .block: .blockDevice
            case .directory: .directory
            case .fifo: .fifo
            }
    }
}
