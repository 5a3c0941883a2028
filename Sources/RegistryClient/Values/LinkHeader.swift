// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Where the rest of a list is: the `Link` header of an answer.
///
/// - SeeAlso: RFC 8288; OCI distribution-spec 1.1, "Listing Tags".
enum LinkHeader {
    /// The target of the first link with the relation `next`.
    ///
    /// - Parameter values: The values of the `Link` fields.
    /// - Returns: The target as it is written; `nil` if there is none. A malformed value counts as none.
    static func next(_ values: [String]) -> String? {
        for value in values where value.utf8.count <= 16_384 {
            var rest = Array(value.utf8)[...]
            while let link = link(&rest) {
                if link.isNext { return link.target }
            }
        }
        return nil
    }

    private static func link(_ rest: inout ArraySlice<UInt8>) -> (target: String, isNext: Bool)? {
        rest = rest.drop { ASCII.isSpace($0) || $0 == UInt8(ascii: ",") }
        guard rest.first == UInt8(ascii: "<"), let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return nil }
        let target = String(decoding: rest[(rest.startIndex + 1)..<end], as: UTF8.self)
        rest = rest[(end + 1)...]
        var isNext = false
        while true {
            rest = rest.drop(while: ASCII.isSpace)
            guard rest.first == UInt8(ascii: ";") else { break }
            rest = rest.dropFirst().drop(while: ASCII.isSpace)
            let name = rest.prefix(while: ASCII.isToken)
            rest = rest[name.endIndex...].drop(while: ASCII.isSpace)
            guard rest.first == UInt8(ascii: "=") else { continue }
            rest = rest.dropFirst().drop(while: ASCII.isSpace)
            var value: ArraySlice<UInt8>
            if rest.first == UInt8(ascii: "\"") {
                value = rest.dropFirst().prefix { $0 != UInt8(ascii: "\"") }
                guard value.endIndex < rest.endIndex else { return nil }
                rest = rest[(value.endIndex + 1)...]
            } else {
                value = rest.prefix { !ASCII.isSpace($0) && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: ",") }
                rest = rest[value.endIndex...]
            }
            guard ASCII.equal(String(decoding: name, as: UTF8.self), "rel") else { continue }
            isNext = value.split(whereSeparator: ASCII.isSpace).contains {
                ASCII.equal(String(decoding: $0, as: UTF8.self), "next")
            }
        }
        return (target, isNext)
    }
}
