// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The identity of content: a hash algorithm and the hash, for example `sha256:44136fa3…`.
///
/// A value of this type is well-formed: the hash has exactly the length that its algorithm gives, in lower-case
/// hexadecimal digits. So its text can stand in a path or URL as it is.
///
/// Specification: OCI image-spec 1.1, descriptor.md, section "Digests".
public struct Digest: Hashable, Sendable, CustomStringConvertible {
    /// A hash algorithm.
    public enum Algorithm: String, CaseIterable, Hashable, Sendable {
        /// SHA-256.
        case sha256
        /// SHA-512.
        case sha512

        /// Length of the hash, in bytes.
        public var byteCount: Int {
            switch self {
            case .sha256: 32
            case .sha512: 64
            }
        }
    }

    /// The algorithm.
    public let algorithm: Algorithm
    /// The hash in lower-case hexadecimal digits.
    public let encoded: String

    /// Creates a digest from a hash that was computed.
    ///
    /// - Parameters:
    ///   - algorithm: The algorithm.
    ///   - hash: The hash.
    /// - Throws: ``FormatError`` if `hash` has not the length that `algorithm` gives.
    public init(algorithm: Algorithm, hash: some Collection<UInt8>) throws(FormatError) {
        guard hash.count == algorithm.byteCount else {
            throw FormatError(
                .digest,
                algorithm.rawValue.utf8,
                "a \(algorithm.rawValue) hash has \(algorithm.byteCount) bytes, not \(hash.count)"
            )
        }
        var digits: [UInt8] = []
        digits.reserveCapacity(2 * hash.count)
        for byte in hash {
            for nibble in [byte >> 4, byte & 0xF] {
                digits.append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10)
            }
        }
        self.algorithm = algorithm
        encoded = String(decoding: digits, as: UTF8.self)
    }

    /// Creates a digest from the hexadecimal digits of a hash, as they stand in the name of a blob.
    ///
    /// - Parameters:
    ///   - algorithm: The algorithm.
    ///   - encoded: The digits in ASCII.
    /// - Throws: ``FormatError`` if `encoded` has another length or other bytes than `0` to `9` and `a` to `f`.
    public init(algorithm: Algorithm, encoded: some Collection<UInt8>) throws(FormatError) {
        guard encoded.count == 2 * algorithm.byteCount else {
            throw FormatError(
                .digest,
                encoded,
                "a \(algorithm.rawValue) digest has \(2 * algorithm.byteCount) hexadecimal digits, not \(encoded.count)"
            )
        }
        guard
            encoded.allSatisfy({
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            })
        else {
            throw FormatError(.digest, encoded, "a digest has only the digits 0 to 9 and a to f")
        }
        self.algorithm = algorithm
        self.encoded = String(decoding: encoded, as: UTF8.self)
    }

    /// Reads a digest in the form `algorithm:digits`.
    ///
    /// - Parameter bytes: The text in ASCII.
    /// - Throws: ``FormatError``: `unsupportedAlgorithm` if the algorithm is not known, else `digest`.
    public init(bytes: some Collection<UInt8>) throws(FormatError) {
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else {
            throw FormatError(.digest, bytes, "a digest has the form algorithm:digits")
        }
        let name = bytes[..<colon]
        guard let algorithm = Algorithm.allCases.first(where: { name.elementsEqual($0.rawValue.utf8) }) else {
            throw FormatError(.unsupportedAlgorithm, bytes, "the hash algorithm is neither sha256 nor sha512")
        }
        try self.init(algorithm: algorithm, encoded: bytes[bytes.index(after: colon)...])
    }

    /// Reads a digest in the form `algorithm:digits`.
    ///
    /// - Parameter text: The text.
    /// - Throws: ``FormatError``: `unsupportedAlgorithm` if the algorithm is not known, else `digest`.
    public init(_ text: String) throws(FormatError) { try self.init(bytes: text.utf8) }

    /// Stands in a property until the document's value was read.
    package init(unread: ()) {
        algorithm = .sha256
        encoded = ""
    }

    /// The digest in the form `algorithm:digits`.
    public var description: String { "\(algorithm.rawValue):\(encoded)" }
}

extension Digest: JSONRepresentable {
    /// Reads a digest from a string.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        let offset = reader.offset
        let text = try reader.readString()
        do throws(FormatError) {
            try self.init(text)
        } catch {
            throw JSONError(.invalidValue, offset: offset, detail: error.description)
        }
    }

    /// Writes the digest as a string.
    public func write(to writer: inout JSONWriter) { writer.write(string: description) }
}

extension Digest: Codable {
    /// Reads a digest from a string.
    public init(from decoder: any Decoder) throws { try self.init(decoder.singleValueContainer().decode(String.self)) }

    /// Writes the digest as a string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
