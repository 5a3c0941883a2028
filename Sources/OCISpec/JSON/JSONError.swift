// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Why a JSON document was refused.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What a program can branch on; cases may be added.
    @nonexhaustive public enum Code: String, Hashable, Sendable {
        /// The document has more bytes than ``JSONLimits/size``.
        case tooLarge
        /// The document is nested deeper than ``JSONLimits/depth``.
        case tooDeep
        /// The document begins with a byte order mark, or is not UTF-8 but UTF-16 or UTF-32.
        case byteOrderMark
        /// The bytes are not well-formed UTF-8.
        case invalidUTF8
        /// A `\u` escape names half of a surrogate pair.
        case loneSurrogate
        /// A string contains the character U+0000.
        case nulCharacter
        /// The bytes are not JSON.
        case syntax
        /// The document ends within a value.
        case unexpectedEnd
        /// Something follows the document's value.
        case trailingData
        /// An object has two members of one name. Names that differ only in Unicode normalization count as one.
        case duplicateKey
        /// A member's name differs from a known one only in the case of its letters.
        case caseVariant
        /// A value of another JSON type was expected.
        case wrongType
        /// A number has a fraction or an exponent where an integer is expected.
        case notAnInteger
        /// A number does not fit the field's type.
        case outOfRange
        /// A required member is absent.
        case missingField
        /// A member is there that the document's specification does not allow.
        case unexpectedField
        /// A string or number is none of the values that the specification allows here.
        case invalidValue
        /// The document could be read as two kinds of document, for example as a manifest and as an index.
        case ambiguousDocument
        /// The document says that it is of another media type, or of a version this library does not read.
        case unsupportedDocument
        /// The document lists more items than allowed.
        case tooManyItems
    }

    /// What went wrong.
    public let code: Code
    /// Where in the document, as far as it was read.
    public internal(set) var path: JSONPath
    /// Offset of the byte at which reading stopped.
    public let offset: Int
    /// What was expected and what was found, in one line.
    public let detail: String

    /// Creates an error; used by types that read themselves from a ``JSONReader``.
    public init(_ code: Code, path: JSONPath = JSONPath(), offset: Int, detail: String) {
        self.code = code
        self.path = path
        self.offset = offset
        self.detail = detail
    }

    /// For example `linux.resources.memory.limit: expected an integer, found a string (byte 812)`.
    public var description: String {
        path.elements.isEmpty ? "\(detail) (byte \(offset))" : "\(path): \(detail) (byte \(offset))"
    }

    /// This error, seen from the value that has the failed value as the member `key`.
    func inside(_ key: String) -> JSONError {
        var error = self
        error.path.elements.insert(.key(key), at: 0)
        return error
    }

    /// This error, seen from the array that has the failed value as the element `index`.
    func inside(_ index: Int) -> JSONError {
        var error = self
        error.path.elements.insert(.index(index), at: 0)
        return error
    }

    /// Input shortened and with control characters shown as escapes, so that it can stand in a one-line message.
    package static func excerpt(_ input: some Collection<UInt8>) -> String {
        var text = ""
        for scalar in String(decoding: input.prefix(80), as: UTF8.self).unicodeScalars {
            if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                || [.format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
            {
                text += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return input.count > 80 ? text + "…" : text
    }
}
