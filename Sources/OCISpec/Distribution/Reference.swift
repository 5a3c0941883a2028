// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The name of an image in a registry, for example `docker.io/library/alpine:3` or `host:5000/a/b@sha256:…`.
///
/// Names are read as docker reads them: `alpine` means `docker.io/library/alpine`. A reference with tag and digest
/// means the digest; the tag is only shown.
///
/// Specification: OCI distribution-spec 1.1, "Pulling manifests"; for the short forms docker's reference grammar.
public struct Reference: Hashable, Sendable, CustomStringConvertible {
    /// The registry that a name without one means.
    public static let defaultRegistry = "docker.io"
    /// The tag that a reference without tag and digest means.
    public static let defaultTag = "latest"

    /// Host and port of the registry, for example `docker.io` or `localhost:5000`.
    public let registry: String
    /// Name of the repository within the registry, for example `library/alpine`; at most 255 bytes.
    public let repository: String
    /// The tag, if the reference has one; at most 128 bytes.
    public let tag: String?
    /// The digest, if the reference has one. It wins over the tag.
    public let digest: Digest?

    /// Reads a reference.
    ///
    /// - Parameter text: The reference, with or without registry, tag and digest.
    /// - Throws: ``FormatError`` that says which rule the text breaks.
    public init(_ text: String) throws(FormatError) { try self.init(bytes: Array(text.utf8)) }

    /// Reads a reference.
    ///
    /// - Parameter bytes: The reference in ASCII, with or without registry, tag and digest.
    /// - Throws: ``FormatError`` that says which rule the text breaks.
    public init(bytes: [UInt8]) throws(FormatError) {
        var rest = bytes[...]
        guard !rest.isEmpty else { throw FormatError(.reference, bytes, "the reference is empty") }
        guard rest.count <= 1024 else { throw FormatError(.reference, bytes, "the reference has more than 1024 bytes") }
        var digest: Digest?
        if let at = rest.firstIndex(of: UInt8(ascii: "@")) {
            digest = try Digest(bytes: rest[(at + 1)...])
            rest = rest[..<at]
        }
        guard rest.count != 64 || !rest.allSatisfy({ Bytes.isDigit($0) || (0x61...0x66).contains($0) }) else {
            throw FormatError(.reference, bytes, "64 hexadecimal digits are an image id, not a name")
        }
        let (registry, remote) = ReferenceGrammar.splitRegistry(rest)
        var path = remote
        var tag: String?
        if let colon = path.firstIndex(of: UInt8(ascii: ":")) {
            tag = try ReferenceGrammar.tag(path[(colon + 1)...])
            path = path[..<colon]
        }
        try self.init(registry: registry, path: path, tag: tag, digest: digest)
    }

    /// Creates a reference from its parts.
    ///
    /// - Parameters:
    ///   - registry: Host and port.
    ///   - repository: Name within the registry. On `docker.io` a name of one part gets the prefix `library/`.
    ///   - tag: The tag.
    ///   - digest: The digest.
    /// - Throws: ``FormatError`` that says which part breaks which rule.
    public init(registry: String, repository: String, tag: String? = nil, digest: Digest? = nil) throws(FormatError) {
        if let tag { _ = try ReferenceGrammar.tag(Array(tag.utf8)[...]) }
        try self.init(registry: registry, path: Array(repository.utf8)[...], tag: tag, digest: digest)
    }

    private init(registry: String, path: ArraySlice<UInt8>, tag: String?, digest: Digest?) throws(FormatError) {
        try ReferenceGrammar.checkRegistry(Array(registry.utf8)[...])
        try ReferenceGrammar.checkRepository(path)
        let name = String(decoding: path, as: UTF8.self)
        let isOfficial = registry == Reference.defaultRegistry && !path.contains(UInt8(ascii: "/"))
        repository = isOfficial ? "library/" + name : name
        self.registry = registry
        self.tag = tag
        self.digest = digest
        guard repository.utf8.count <= 255 else {
            throw FormatError(.reference, path, "the name of a repository has at most 255 bytes")
        }
    }

    private init(_ other: Reference, tag: String?, digest: Digest?) {
        (registry, repository, self.tag, self.digest) = (other.registry, other.repository, tag, digest)
    }

    /// Registry and repository, for example `docker.io/library/alpine`.
    public var name: String { "\(registry)/\(repository)" }

    /// What selects the manifest in the repository: the digest if there is one, else the tag, else `latest`.
    public var selector: String { digest?.description ?? tag ?? Reference.defaultTag }

    /// The whole reference, for example `docker.io/library/alpine:3`. Reading it gives this reference again.
    public var description: String { name + suffix }

    /// The shortest form that means the same, as docker shows it, for example `alpine:3`.
    public var familiar: String {
        guard registry == Reference.defaultRegistry else { return description }
        let parts = repository.utf8.split(separator: UInt8(ascii: "/"))
        guard parts.count == 2, parts[0].elementsEqual("library".utf8) else { return repository + suffix }
        return String(decoding: parts[1], as: UTF8.self) + suffix
    }

    /// This reference, with the tag `latest` if it has neither tag nor digest.
    public var withDefaultTag: Reference {
        tag == nil && digest == nil ? Reference(self, tag: Reference.defaultTag, digest: nil) : self
    }

    /// This reference with another digest, without its tag.
    public func pinned(to digest: Digest) -> Reference { Reference(self, tag: nil, digest: digest) }

    private var suffix: String { (tag.map { ":" + $0 } ?? "") + (digest.map { "@\($0)" } ?? "") }
}

extension Reference: JSONRepresentable {
    /// Reads a reference from a string.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        let offset = reader.offset
        let text = try reader.readString()
        do throws(FormatError) {
            try self.init(text)
        } catch {
            throw JSONError(.invalidValue, offset: offset, detail: error.description)
        }
    }

    /// Writes the whole reference as a string.
    public func write(to writer: inout JSONWriter) { writer.write(string: description) }
}

extension Reference: Codable {
    /// Reads a reference from a string.
    public init(from decoder: any Decoder) throws { try self.init(decoder.singleValueContainer().decode(String.self)) }

    /// Writes the whole reference as a string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
