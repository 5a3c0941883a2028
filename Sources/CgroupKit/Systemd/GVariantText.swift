// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A text that is no variant.
struct GVariantError: Error, Hashable {
    /// What is wrong, in half a sentence.
    let detail: String

    init(_ detail: String) { self.detail = detail }
}

/// Reads GLib's text form of variants.
///
/// A subset: no maps, no maybe types, no byte strings.
///
/// - SeeAlso: GLib, "GVariant Text Format".
struct GVariantText {
    private var rest: ArraySlice<UInt8>
    private static let depthLimit = 16

    private init(_ text: String) { rest = Array(text.utf8)[...] }

    /// The value that `text` describes; nothing may follow it.
    static func value(of text: String) throws(GVariantError) -> DBusValue {
        var reader = GVariantText(text)
        let value = try reader.value(nil, depth: 0)
        reader.skipSpace()
        if !reader.rest.isEmpty { throw GVariantError("something follows the value") }
        return value
    }

    private mutating func skipSpace() {
        rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\n") }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// The words in front of a value that give its type.
    private static let keywords: [String: DBusType] = [
        "boolean": .boolean, "byte": .byte, "int16": .int16, "uint16": .uint16, "int32": .int32, "uint32": .uint32,
        "int64": .int64, "uint64": .uint64, "double": .double, "string": .string, "objectpath": .objectPath,
        "signature": .signature,
    ]

    /// Reads a value of `type`, or of the type that it shows by itself.
    private mutating func value(_ type: DBusType?, depth: Int) throws(GVariantError) -> DBusValue {
        if depth > Self.depthLimit { throw GVariantError("it is nested too deeply") }
        skipSpace()
        guard let first = rest.first else { throw GVariantError("it ends too early") }
        switch first {
        case UInt8(ascii: "@"):
            rest = rest.dropFirst()
            return try value(try self.type(), depth: depth + 1)
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return try Self.text(try quoted(), type)
        case UInt8(ascii: "["): return try array(type, depth: depth)
        case UInt8(ascii: "("): return try tuple(type, depth: depth)
        case UInt8(ascii: "<"): return try variant(type, depth: depth)
        case UInt8(ascii: "{"): throw GVariantError("maps are not supported")
        default: return try word(type, depth: depth)
        }
    }

    /// The type after `@`.
    private mutating func type() throws(GVariantError) -> DBusType {
        let code = rest.prefix { $0 != UInt8(ascii: " ") }
        rest = rest.dropFirst(code.count)
        guard let types = try? DBusType.list(Array(code)), types.count == 1 else {
            throw GVariantError("the type after @ is none")
        }
        return types[0]
    }

    private mutating func word(_ type: DBusType?, depth: Int) throws(GVariantError) -> DBusValue {
        let ends = Array(" \t\n,])>:".utf8)
        let bytes = rest.prefix { !ends.contains($0) }
        let word = String(decoding: bytes, as: UTF8.self)
        rest = rest.dropFirst(bytes.count)
        if let keyword = Self.keywords[word] {
            if let type, type != keyword { throw GVariantError("\(word) is not of the type that was announced") }
            return try value(keyword, depth: depth + 1)
        }
        if word == "true" || word == "false" {
            guard type ?? .boolean == .boolean else { throw GVariantError("\(word) is a truth value") }
            return .boolean(word == "true")
        }
        return try GVariantNumber.value(of: word, type)
    }

    private mutating func quoted() throws(GVariantError) -> String {
        guard let quote = rest.popFirst() else { throw GVariantError("it ends too early") }
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == quote {
                guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
                    throw GVariantError("a string is not UTF-8")
                }
                return text
            }
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            guard let escaped = rest.popFirst() else { break }
            switch escaped {
            case UInt8(ascii: "n"): bytes.append(UInt8(ascii: "\n"))
            case UInt8(ascii: "t"): bytes.append(UInt8(ascii: "\t"))
            case UInt8(ascii: "r"): bytes.append(UInt8(ascii: "\r"))
            case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): bytes.append(escaped)
            default: throw GVariantError("a string has an escape that is not supported")
            }
        }
        throw GVariantError("a string does not end")
    }

    private static func text(_ text: String, _ type: DBusType?) throws(GVariantError) -> DBusValue {
        switch type ?? .string {
        case .string: return .string(text)
        case .objectPath: return .objectPath(text)
        case .signature:
            guard (try? DBusType.list(Array(text.utf8))) != nil else { throw GVariantError("the signature is none") }
            return .signature(text)
        default: throw GVariantError("a string stands where another type was announced")
        }
    }

    private mutating func array(_ type: DBusType?, depth: Int) throws(GVariantError) -> DBusValue {
        var element: DBusType?
        if let type {
            guard case .array(let announced) = type else { throw GVariantError("an array stands for another type") }
            element = announced
        }
        var values: [DBusValue] = []
        _ = take("[")
        if take("]") {
            guard let element else { throw GVariantError("an empty array needs its type in front, such as @as") }
            return .array(element, [])
        }
        repeat {
            let value = try value(element, depth: depth + 1)
            element = element ?? value.type
            values.append(value)
        } while take(",")
        guard take("]"), let element else { throw GVariantError("an array does not end") }
        return .array(element, values)
    }

    private mutating func tuple(_ type: DBusType?, depth: Int) throws(GVariantError) -> DBusValue {
        var types: [DBusType]?
        if let type {
            guard case .structure(let announced) = type else { throw GVariantError("a tuple stands for another type") }
            types = announced
        }
        var values: [DBusValue] = []
        _ = take("(")
        repeat {
            if take(")") { return try Self.structure(values, types) }
            if let types, values.count >= types.count { throw GVariantError("a tuple has too many values") }
            values.append(try value(types?[values.count], depth: depth + 1))
        } while take(",")
        guard take(")") else { throw GVariantError("a tuple does not end") }
        return try Self.structure(values, types)
    }

    private static func structure(_ values: [DBusValue], _ types: [DBusType]?) throws(GVariantError) -> DBusValue {
        if values.isEmpty { throw GVariantError("a tuple without values cannot be sent") }
        if let types, types.count != values.count { throw GVariantError("a tuple has too few values") }
        return .structure(values)
    }

    private mutating func variant(_ type: DBusType?, depth: Int) throws(GVariantError) -> DBusValue {
        guard type ?? .variant == .variant else { throw GVariantError("a variant stands for another type") }
        _ = take("<")
        let inner = try value(nil, depth: depth + 1)
        guard take(">") else { throw GVariantError("a variant does not end") }
        return .variant(inner)
    }
}
