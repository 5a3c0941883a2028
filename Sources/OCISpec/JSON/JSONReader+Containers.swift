// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension JSONReader {
    /// Reads the bracket that opens an array.
    mutating func beginArray() throws(JSONError) {
        try expect(UInt8(ascii: "["), .array)
        try descend()
    }

    /// Reads what stands before an element, or the bracket that closes the array.
    ///
    /// - Parameter isFirst: Whether no element was read yet.
    /// - Returns: Whether an element follows.
    /// - Throws: ``JSONError`` if something else is there.
    mutating func nextElement(isFirst: Bool) throws(JSONError) -> Bool {
        let next = try peek()
        if next == UInt8(ascii: "]") {
            ascend()
            return false
        }
        if isFirst { return true }
        guard next == UInt8(ascii: ",") else {
            throw syntax("expected ',' or ']', found \(JSONReader.name(of: next))")
        }
        skip()
        guard try peek() != UInt8(ascii: "]") else { throw syntax("expected a value, found ']'") }
        return true
    }

    /// Reads the brace that opens an object.
    mutating func beginObject() throws(JSONError) {
        try expect(UInt8(ascii: "{"), .object)
        try descend()
    }

    /// Reads a member's name and the colon, or the brace that closes the object.
    ///
    /// - Parameter isFirst: Whether no member was read yet.
    /// - Returns: The name's place, or `nil` at the end.
    /// - Throws: ``JSONError`` if something else is there.
    mutating func nextMemberToken(isFirst: Bool) throws(JSONError) -> StringToken? {
        var next = try peek()
        if next == UInt8(ascii: "}") {
            ascend()
            return nil
        }
        if !isFirst {
            guard next == UInt8(ascii: ",") else {
                throw syntax("expected ',' or '}', found \(JSONReader.name(of: next))")
            }
            skip()
            next = try peek()
        }
        guard next == UInt8(ascii: "\"") else {
            throw syntax("expected the name of a member, found \(JSONReader.name(of: next))")
        }
        let token = try readStringToken()
        next = try peek()
        guard next == UInt8(ascii: ":") else { throw syntax("expected ':', found \(JSONReader.name(of: next))") }
        skip()
        return token
    }

    /// Reads a member's name as a string, or the brace that closes the object.
    mutating func nextMember(isFirst: Bool) throws(JSONError) -> String? {
        guard let token = try nextMemberToken(isFirst: isFirst) else { return nil }
        return try text(of: token)
    }

    /// The text that a token stands for.
    func text(of token: StringToken) throws(JSONError) -> String {
        guard token.hasEscapes else { return unsafe String(decoding: slice(token.range), as: UTF8.self) }
        return String(decoding: try unescape(token), as: UTF8.self)
    }

    /// The error for a name that the object has already.
    func duplicateKey() -> JSONError {
        JSONError(.duplicateKey, offset: offset, detail: "the member stands twice in its object")
    }
}
