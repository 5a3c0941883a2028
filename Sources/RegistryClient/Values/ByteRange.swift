// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Ranges of bytes in headers.
///
/// - SeeAlso: RFC 9110, section 14.4; OCI distribution-spec 1.1, "Pushing a blob in chunks".
struct ByteRange: Hashable, Sendable {
    /// The first byte.
    let first: Int64
    /// The last byte.
    let last: Int64
    /// The size of the whole, where it is told.
    let total: Int64?

    /// Reads the header `Content-Range` of an answer with a part, for example `bytes 100-199/200`.
    init?(contentRange: String) {
        let words = contentRange.utf8.split(separator: UInt8(ascii: " ")).map { Array($0) }
        guard words.count == 2, ASCII.equal(String(decoding: words[0], as: UTF8.self), "bytes") else { return nil }
        let halves = words[1].split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard halves.count == 2 else { return nil }
        let whole = ASCII.number(halves[1])
        guard whole != nil || halves[1].elementsEqual("*".utf8) else { return nil }
        self.init(halves[0], total: whole)
    }

    /// Reads the header `Range` of an answer about an upload, for example `0-199`; docker's has no unit.
    init?(uploadRange: String) {
        var bytes = ASCII.trimmed(uploadRange.utf8)[...]
        if bytes.starts(with: "bytes=".utf8) { bytes = bytes.dropFirst(6) }
        self.init(bytes, total: nil)
    }

    private init?(_ text: ArraySlice<UInt8>, total: Int64?) {
        let ends = text.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false).map { ASCII.number($0) }
        guard ends.count == 2, let first = ends[0], let last = ends[1], first <= last, last < total ?? .max else {
            return nil
        }
        (self.first, self.last, self.total) = (first, last, total)
    }
}
