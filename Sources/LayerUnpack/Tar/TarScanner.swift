// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Follows a tar stream block by block and checks every header, however the stream is cut into pieces.
///
/// libarchive, which reads the same stream, is built to save what can be saved of damaged archives: it goes on where
/// this throws. What it understands of each entry is compared with what was understood here.
struct TarScanner {
    private enum State {
        case header
        /// Content or padding to pass over.
        case skip(UInt64)
        /// The body of a header of type `flag`; `size` bytes of it count, the rest is padding.
        case special(flag: UInt8, size: Int)
        /// A further block of a sparse file's map; `rest` is what is to be passed over after the map.
        case sparseMap(rest: UInt64)
        /// After the first block of zeros.
        case end
    }

    private let limits: LayerLimits
    private var state = State.header
    private var pending: [UInt8] = []
    private var extended: ExtendedHeader?
    private var longName: [UInt8]?
    private var longLink: [UInt8]?
    private var entries: UInt64 = 0
    /// The map of the sparse file that is being read (old GNU format), and the sizes it has to fit.
    private var sparse: (map: SparseMap, stored: Int64, size: Int64)?
    /// Entries that were read and not yet taken, in order.
    private var ready: [TarEntry] = []
    private var taken = 0

    init(limits: LayerLimits) { self.limits = limits }

    /// The next entry whose headers have all been seen.
    mutating func takeEntry() -> TarEntry? {
        guard taken < ready.count else { return nil }
        let entry = ready[taken]
        taken += 1
        if taken == ready.count {
            ready.removeAll(keepingCapacity: true)
            taken = 0
        }
        return entry
    }

    /// Takes the stream's next bytes.
    @unsafe mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(LayerUnpackError) {
        var offset = 0
        while offset < bytes.count {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset...])
            switch state {
            case .skip(let count):
                let passed = min(count, UInt64(rest.count))
                offset += Int(passed)
                state = Self.skipping(count - passed)
            case .end:
                guard unsafe rest.allSatisfy({ $0 == 0 }) else {
                    throw LayerUnpackError(.trailingData, "read layer", detail: "bytes after the archive's end")
                }
                offset = bytes.count
            case .header:
                offset += unsafe collect(TarHeaderBlock.size, rest)
                if let block = takePending(TarHeaderBlock.size) { try header(block) }
            case .special(let flag, let size):
                let padded = Int(Self.padded(UInt64(size)))
                offset += unsafe collect(padded, rest)
                if let body = takePending(padded) { try special(flag, body[..<size]) }
            case .sparseMap(let after):
                offset += unsafe collect(TarHeaderBlock.size, rest)
                if let block = takePending(TarHeaderBlock.size) {
                    try sparse?.map.add(fields: block[0..<504])
                    if block[504] != 0 { break }
                    try finishSparseMap()
                    state = Self.skipping(after)
                }
            }
        }
    }

    /// Checks that the stream ended where an archive ends.
    ///
    /// - Parameter isVerified: Whether a digest has shown that the stream is whole. Then the blocks that mark the end may
    ///   be missing behind the last entry: `umoci insert` writes none, and every other reader does without.
    /// - Throws: ``LayerUnpackError``: `truncated`, `badHeader`.
    func finish(isVerified: Bool) throws(LayerUnpackError) {
        if case .end = state { return }
        if isVerified, case .header = state, pending.isEmpty, entries > 0 {
            try expectNoPendingHeaders()
            return
        }
        throw LayerUnpackError(.truncated, "read layer", detail: "the archive has no end")
    }

    // MARK: Headers

    private mutating func header(_ bytes: [UInt8]) throws(LayerUnpackError) {
        if bytes.allSatisfy({ $0 == 0 }) {
            try expectNoPendingHeaders()
            state = .end
            return
        }
        let block = try TarHeaderBlock(bytes)
        switch block.typeFlag {
        case UInt8(ascii: "x"), UInt8(ascii: "g"), UInt8(ascii: "L"), UInt8(ascii: "K"):
            guard block.storedSize <= limits.extendedHeaderBytes else {
                throw LayerUnpackError(
                    .limit,
                    "read extended header",
                    detail: "\(block.storedSize) bytes, more than \(limits.extendedHeaderBytes)"
                )
            }
            if block.storedSize == 0 { throw Self.bad("empty extended header") }
            state = .special(flag: block.typeFlag, size: Int(block.storedSize))
        default: try finishEntry(block)
        }
    }

    private mutating func special(_ flag: UInt8, _ body: ArraySlice<UInt8>) throws(LayerUnpackError) {
        state = .header
        switch flag {
        case UInt8(ascii: "x"):
            guard extended == nil, longName == nil, longLink == nil else {
                throw Self.bad("extended header after another")
            }
            extended = try ExtendedHeader(body, limits: limits)
        case UInt8(ascii: "g"):
            try expectNoPendingHeaders()
            try ExtendedHeader.checkGlobal(body)
        case UInt8(ascii: "L"):
            guard extended == nil, longName == nil else { throw Self.bad("long name after another header") }
            longName = try Self.longText(body)
        default:
            guard extended == nil, longLink == nil else { throw Self.bad("long link after another header") }
            longLink = try Self.longText(body)
        }
    }

    /// The text of a GNU long name: up to NULs, after which only NULs may come.
    private static func longText(_ body: ArraySlice<UInt8>) throws(LayerUnpackError) -> [UInt8] {
        let text = body.prefix { $0 != 0 }
        guard body[text.endIndex...].allSatisfy({ $0 == 0 }) else {
            throw LayerUnpackError(.badName, "read long name", detail: "it has a NUL byte")
        }
        if text.isEmpty { throw LayerUnpackError(.badName, "read long name", detail: "it is empty") }
        return Array(text)
    }

    private mutating func finishEntry(_ block: TarHeaderBlock) throws(LayerUnpackError) {
        var entry = try block.entry(try Self.kind(block.typeFlag))
        if let longName { entry.name = longName }
        if let longLink { entry.linkTarget = longLink }
        if let extended { Self.merge(extended, into: &entry) }
        if block.typeFlag == UInt8(ascii: "S") {
            if extended?.isSparse == true { throw Self.bad("sparse file in two formats") }
            entry.isSparse = true
            entry.size = try block.sparseSize()
        }
        if let extended, extended.isSparse, !extended.hasMapInContent {
            try extended.sparseMap.check(stored: entry.storedSize, size: entry.size)
        }
        if entry.kind == .regular && entry.name.last == UInt8(ascii: "/") { entry.kind = .directory }
        if entry.kind != .regular && (entry.storedSize != 0 || entry.isSparse) {
            throw Self.bad("content in an entry that has none").about(entry.name)
        }
        (extended, longName, longLink) = (nil, nil, nil)
        entries += 1
        if entries > limits.entries {
            throw LayerUnpackError(.limit, "read layer", detail: "more than \(limits.entries) entries")
        }
        let content = Self.padded(UInt64(entry.storedSize))
        state = Self.skipping(content)
        if block.typeFlag == UInt8(ascii: "S") {
            var map = SparseMap()
            try map.add(fields: block.bytes[386..<482])
            sparse = (map, entry.storedSize, entry.size)
            if block.sparseMapContinues { state = .sparseMap(rest: content) } else { try finishSparseMap() }
        }
        ready.append(entry)
    }

    private mutating func finishSparseMap() throws(LayerUnpackError) {
        if let sparse { try sparse.map.check(stored: sparse.stored, size: sparse.size) }
        sparse = nil
    }

    private static func merge(_ extended: ExtendedHeader, into entry: inout TarEntry) {
        if let name = extended.sparseName ?? extended.name { entry.name = name }
        if let target = extended.linkTarget { entry.linkTarget = target }
        if let size = extended.size {
            entry.storedSize = size
            entry.size = size
        }
        if let size = extended.sparseSize { entry.size = size }
        entry.isSparse = extended.isSparse
        entry.hasMapInContent = extended.hasMapInContent
        entry.uid = extended.uid ?? entry.uid
        entry.gid = extended.gid ?? entry.gid
        entry.modified = extended.modified ?? entry.modified
        entry.deviceMajor = extended.deviceMajor ?? entry.deviceMajor
        entry.deviceMinor = extended.deviceMinor ?? entry.deviceMinor
        entry.attributes = extended.attributes
        entry.unreadAttributes = extended.unreadAttributes
    }

    private static func kind(_ flag: UInt8) throws(LayerUnpackError) -> TarEntry.Kind {
        switch flag {
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"), UInt8(ascii: "S"): return .regular
        case UInt8(ascii: "1"): return .hardLink
        case UInt8(ascii: "2"): return .symlink
        case UInt8(ascii: "3"): return .character
        case UInt8(ascii: "4"): return .block
        case UInt8(ascii: "5"): return .directory
        case UInt8(ascii: "6"): return .fifo
        default:
            throw LayerUnpackError(.unsupportedEntry, "read header", detail: "type \([flag].escapedForDisplay)")
        }
    }

    private func expectNoPendingHeaders() throws(LayerUnpackError) {
        if extended != nil || longName != nil || longLink != nil { throw Self.bad("extended header without an entry") }
    }

    // MARK: Blocks

    /// Adds to `pending` up to `target` bytes of it; returns how many were taken.
    @unsafe private mutating func collect(_ target: Int, _ bytes: UnsafeRawBufferPointer) -> Int {
        let count = min(target - pending.count, bytes.count)
        unsafe pending.append(contentsOf: bytes.prefix(count))
        return count
    }

    private mutating func takePending(_ target: Int) -> [UInt8]? {
        guard pending.count == target else { return nil }
        defer { pending.removeAll(keepingCapacity: true) }
        return pending
    }

    private static func skipping(_ count: UInt64) -> State { count == 0 ? .header : .skip(count) }

    /// Sizes have 63 bits, so that the sum cannot overflow.
    private static func padded(_ size: UInt64) -> UInt64 { (size + 511) & ~511 }

    private static func bad(_ what: String) -> LayerUnpackError {
        LayerUnpackError(.badHeader, "read header", detail: what)
    }
}
