// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Where a sparse file has content, checked piece by piece: in order, without overlaps.
struct SparseMap {
    private var end: Int64 = 0
    private var mapped: Int64 = 0
    /// The offset that waits for its length (GNU sparse format 0.0).
    private var offset: Int64?

    /// Adds `length` bytes at `offset`, both from 0.
    mutating func add(_ offset: Int64, _ length: Int64) throws(LayerUnpackError) {
        let (next, overflow) = offset.addingReportingOverflow(length)
        guard offset >= end, !overflow else { throw Self.bad("it overlaps or leaves the file") }
        end = next
        // Pieces are disjoint, so that their sum is at most their end.
        mapped += length
    }

    /// Adds the first half of a piece.
    mutating func add(offset: Int64) throws(LayerUnpackError) {
        guard self.offset == nil else { throw Self.bad("an offset without a length") }
        self.offset = offset
    }

    /// Adds the second half of a piece.
    mutating func add(length: Int64) throws(LayerUnpackError) {
        guard let offset else { throw Self.bad("a length without an offset") }
        self.offset = nil
        try add(offset, length)
    }

    /// Adds pieces as the records of GNU sparse format 0.1 have them: numbers with commas between them.
    mutating func add(list: ArraySlice<UInt8>) throws(LayerUnpackError) {
        for number in list.split(separator: UInt8(ascii: ",")) {
            guard let value = TarNumber.decimal(number) else { throw Self.bad("it is no list of numbers") }
            if offset == nil { try add(offset: value) } else { try add(length: value) }
        }
    }

    /// Adds the pieces of a header block of the old GNU format: pairs of 12-byte fields; an empty one ends the map.
    mutating func add(fields: ArraySlice<UInt8>) throws(LayerUnpackError) {
        var rest = fields
        while rest.count >= 24, rest.first != 0 {
            guard let offset = TarNumber.parse(rest.prefix(12)),
                let length = TarNumber.parse(rest.dropFirst(12).prefix(12))
            else { throw Self.bad("malformed number") }
            try add(offset, length)
            rest = rest.dropFirst(24)
        }
    }

    /// Compares the map with the sizes of the content that is stored and of the file.
    func check(stored: Int64, size: Int64) throws(LayerUnpackError) {
        guard offset == nil, mapped == stored, end <= size else { throw Self.bad("it does not fit the file's sizes") }
    }

    private static func bad(_ what: String) -> LayerUnpackError {
        LayerUnpackError(.badSparseMap, "read sparse map", detail: what)
    }
}
