// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The header fields of a request or response, in their order.
///
/// Names are compared without regard to the case of ASCII letters (RFC 9110, section 5.1).
public struct HTTPHeaders: Hashable, Sendable {
    /// One field.
    public struct Field: Hashable, Sendable {
        /// The name.
        public let name: String
        /// The value, without spaces at its ends.
        public let value: String
    }

    /// The fields in their order.
    public private(set) var fields: [Field] = []

    /// Creates a list without fields.
    public init() {}

    /// Creates a list of fields.
    ///
    /// - Parameter fields: Names and values. What ``append(_:_:)`` refuses is left out.
    public init(_ fields: [(String, String)]) { for (name, value) in fields { append(name, value) } }

    /// Adds a field.
    ///
    /// A name that is no token or a value with control characters is not added, so that no value can begin a new line.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - value: The value.
    /// - Returns: Whether it was added.
    @discardableResult
    public mutating func append(_ name: String, _ value: String) -> Bool {
        guard !name.isEmpty, name.utf8.allSatisfy(ASCII.isToken),
            value.utf8.allSatisfy({ $0 == 0x09 || $0 >= 0x20 && $0 != 0x7F })
        else { return false }
        fields.append(Field(name: name, value: String(decoding: ASCII.trimmed(value.utf8), as: UTF8.self)))
        return true
    }

    /// The values of all fields called `name`, in their order.
    public subscript(all name: String) -> [String] {
        fields.filter { ASCII.equal($0.name, name) }.map(\.value)
    }

    /// The value of the only field called `name`; `nil` if there is none, or several that differ.
    ///
    /// Two fields that contradict each other say nothing: whom of them others believe is not known.
    public subscript(_ name: String) -> String? {
        let values = self[all: name]
        guard let first = values.first, values.allSatisfy({ $0 == first }) else { return nil }
        return first
    }

    /// The number of bytes of all fields, each with four more for what stands between them.
    public var byteCount: Int { fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 } }
}
