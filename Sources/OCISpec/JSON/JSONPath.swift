// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Where in a JSON document something is, for example `mounts[3].options[1]`.
public struct JSONPath: Hashable, Sendable, CustomStringConvertible {
    /// One step from a value to a value inside it.
    public enum Element: Hashable, Sendable {
        /// The member of an object that has this name.
        case key(String)
        /// The element of an array at this index, counted from zero.
        case index(Int)
    }

    /// The steps from the document's root. Empty for the root itself.
    public var elements: [Element]

    /// Creates a path from its steps.
    public init(_ elements: [Element] = []) { self.elements = elements }

    /// The path of the member `key` of the value at this path.
    public func appending(_ key: String) -> JSONPath { JSONPath(elements + [.key(key)]) }

    /// The path of the element `index` of the value at this path.
    public func appending(_ index: Int) -> JSONPath { JSONPath(elements + [.index(index)]) }

    /// The path as text. A name that has other characters than letters, digits, `_` and `-` is quoted:
    /// `linux.sysctl["net.ipv4.ip_forward"]`.
    public var description: String {
        var text = ""
        for element in elements {
            switch element {
            case .index(let index): text += "[\(index)]"
            case .key(let key) where JSONPath.isPlain(key): text += text.isEmpty ? key : ".\(key)"
            case .key(let key):
                var writer = JSONWriter(pretty: false)
                writer.write(string: JSONError.excerpt(key.utf8))
                text += "[\(String(decoding: writer.bytes, as: UTF8.self))]"
            }
        }
        return text
    }

    private static func isPlain(_ key: String) -> Bool {
        let utf8 = key.utf8
        return !utf8.isEmpty && utf8.count <= 128
            && utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
            }
    }
}
