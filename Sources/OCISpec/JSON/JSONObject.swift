// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The members of a JSON object in the order in which they were written.
public struct JSONObject: Hashable, Sendable {
    /// One member.
    public struct Member: Hashable, Sendable {
        /// The member's name.
        public var key: String
        /// The member's value.
        public var value: JSONValue

        /// Creates a member.
        public init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    /// The members. Names are unique in an object that was read; writing does not check it again.
    public var members: [Member]

    /// Creates an object from its members.
    public init(_ members: [Member] = []) { self.members = members }

    /// Whether there is no member.
    public var isEmpty: Bool { members.isEmpty }

    /// The value of the member `key`. Setting it replaces the member in place, appends it, or with `nil` removes it.
    public subscript(key: String) -> JSONValue? {
        get { members.first { $0.key == key }?.value }
        set {
            guard let index = members.firstIndex(where: { $0.key == key }) else {
                if let newValue { members.append(Member(key: key, value: newValue)) }
                return
            }
            if let newValue { members[index].value = newValue } else { members.remove(at: index) }
        }
    }
}

extension JSONObject: JSONRepresentable {
    /// Reads an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        var members: [Member] = []
        var keys: Set<String> = []
        try reader.beginObject()
        while let key = try reader.nextMember(isFirst: members.isEmpty) {
            guard keys.insert(key).inserted else { throw reader.duplicateKey().inside(key) }
            do throws(JSONError) {
                members.append(Member(key: key, value: try JSONValue(reading: &reader)))
            } catch {
                throw error.inside(key)
            }
        }
        self.init(members)
    }

    /// Writes the object.
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.write(membersOf: self)
        writer.endObject()
    }

    /// Shows every name and string within the object to `scanner`.
    public func scanStrings(_ scanner: inout JSONStringScanner) {
        for member in members {
            scanner.scan(key: member.key) { scanner in member.value.scanStrings(&scanner) }
        }
    }
}
