// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension JSONReader: JSONFieldVisitor {
    /// Reading fails with a typed error.
    public typealias Failure = JSONError

    /// What a record thinks of member names that it does not know.
    public enum KeyRule: Sendable {
        /// They are skipped, or kept if the record asks for them.
        case lenient
        /// As `lenient`, but a name that a reader ignoring case would take for a known one is an error, because
        /// programs would then disagree about what the document says.
        case exactCase
    }

    /// The object whose members are being read.
    struct RecordState {
        /// What the record's list of members is gone through for.
        enum Phase {
            /// Finding the member that has the name just read.
            case matching
            /// Finding a member whose name differs from the name just read only in case.
            case folding
            /// Keeping the member just read among the unknown ones.
            case keeping
            /// Finding a required member that was absent.
            case requiring
        }

        var phase = Phase.matching
        var index = 0
        var seen: UInt64 = 0
        var isMatched = false
        var keepsOthers = false
        var refusesOthers = false
        var key = 0..<0
        var escapedKey: [UInt8]?
        var otherKeys: Set<String>?
    }

    /// Reads the members of `record` from an object.
    ///
    /// - Parameters:
    ///   - value: The record, with placeholders in its required properties.
    ///   - keys: What to do about names that the record does not know.
    /// - Throws: ``JSONError``.
    public mutating func readRecord<Record: JSONRecord>(_ value: inout Record, keys: KeyRule = .lenient)
        throws(JSONError)
    {
        try beginObject()
        let outer = record
        record = RecordState()
        var isFirst = true
        while let token = try nextMemberToken(isFirst: isFirst) {
            isFirst = false
            record.key = token.range
            record.escapedKey = token.hasEscapes ? try unescape(token) : nil
            record.isMatched = false
            record.index = 0
            try value.visitFields(&self)
            if !record.isMatched { try readOther(of: &value, token, keys) }
        }
        record.phase = .requiring
        record.index = 0
        try value.visitFields(&self)
        record = outer
    }

    /// Reads a member that the record does not know.
    private mutating func readOther<Record: JSONRecord>(
        of value: inout Record,
        _ token: StringToken,
        _ keys: KeyRule
    ) throws(JSONError) {
        let key = try text(of: token)
        if keys == .exactCase {
            record.phase = .folding
            try value.visitFields(&self)
        }
        var others = record.otherKeys.take() ?? []
        guard others.insert(key).inserted else { throw duplicateKey().inside(key) }
        record.otherKeys = others
        if record.refusesOthers {
            throw JSONError(.unexpectedField, offset: offset, detail: "no such field is defined").inside(key)
        }
        do throws(JSONError) {
            if record.keepsOthers {
                record.phase = .keeping
                try value.visitFields(&self)
            } else {
                _ = try JSONValue(reading: &self)
            }
        } catch {
            throw error.inside(key)
        }
        record.phase = .matching
    }

    /// Reads the member if it is the one being looked for.
    public mutating func required<Value: JSONRepresentable>(_ name: StaticString, _ value: inout Value)
        throws(JSONError)
    {
        guard try isCurrent(name, isRequired: true) else { return }
        do throws(JSONError) {
            value = try Value(reading: &self)
        } catch {
            throw error.inside(name.description)
        }
    }

    /// Reads the member if it is the one being looked for.
    public mutating func defaulted<Value: JSONRepresentable>(_ name: StaticString, _ value: inout Value)
        throws(JSONError)
    {
        guard try isCurrent(name, isRequired: false) else { return }
        do throws(JSONError) {
            if try peek() == UInt8(ascii: "n") { try readNull() } else { value = try Value(reading: &self) }
        } catch {
            throw error.inside(name.description)
        }
    }

    /// Reads the member if it is the one being looked for.
    public mutating func optional<Value: JSONRepresentable>(_ name: StaticString, _ value: inout Value?)
        throws(JSONError)
    {
        guard try isCurrent(name, isRequired: false) else { return }
        do throws(JSONError) {
            if try peek() == UInt8(ascii: "n") {
                try readNull()
                value = nil
            } else {
                value = try Value(reading: &self)
            }
        } catch {
            throw error.inside(name.description)
        }
    }

    /// Throws if the member just found has this name.
    public mutating func refused(_ name: StaticString, _ code: JSONError.Code) throws(JSONError) {
        guard try isCurrent(name, isRequired: false) else { return }
        throw JSONError(code, offset: offset, detail: "the field must not stand in this kind of document")
            .inside(name.description)
    }

    /// Keeps the member just read.
    public mutating func others(_ fields: inout JSONObject) throws(JSONError) {
        record.keepsOthers = true
        guard record.phase == .keeping else { return }
        let text = try key
        fields.members.append(JSONObject.Member(key: text, value: try JSONValue(reading: &self)))
    }

    /// Makes members that are not known an error.
    public mutating func noOthers() { record.refusesOthers = true }

    /// The name of the member just read.
    private var key: String {
        get throws(JSONError) {
            if let escaped = record.escapedKey { return String(decoding: escaped, as: UTF8.self) }
            return unsafe String(decoding: slice(record.key), as: UTF8.self)
        }
    }

    /// Whether the value of the member `name` follows; checks what the phase asks for.
    private mutating func isCurrent(_ name: StaticString, isRequired: Bool) throws(JSONError) -> Bool {
        let bit: UInt64 = 1 << record.index
        record.index += 1
        switch record.phase {
        case .matching:
            guard !record.isMatched, keyMatches(name) else { return false }
            record.isMatched = true
            guard record.seen & bit == 0 else { throw duplicateKey().inside(name.description) }
            record.seen |= bit
            return true
        case .folding:
            guard try JSONReader.fold(key) == JSONReader.fold(name.description) else { return false }
            throw JSONError(.caseVariant, offset: offset, detail: "the name differs from \(name) only in case")
                .inside(try key)
        case .keeping: return false
        case .requiring:
            guard isRequired, record.seen & bit == 0 else { return false }
            throw JSONError(.missingField, offset: offset, detail: "the required field is absent")
                .inside(name.description)
        }
    }

    private func keyMatches(_ name: StaticString) -> Bool {
        guard record.escapedKey == nil else { return escapedKeyMatches(name) }
        return matches(name, at: record.key.lowerBound, count: record.key.count)
    }

    private func escapedKeyMatches(_ name: StaticString) -> Bool {
        record.escapedKey?.elementsEqual(name.description.utf8) ?? false
    }

    /// Letters as a reader that ignores case sees them: U+017F and U+212A fold to `s` and `k`.
    private static func fold(_ text: String) -> [UInt32] {
        text.unicodeScalars.map { scalar in
            switch scalar.value {
            case 0x41...0x5A: scalar.value + 0x20
            case 0x17F: 0x73
            case 0x212A: 0x6B
            default: scalar.value
            }
        }
    }
}
