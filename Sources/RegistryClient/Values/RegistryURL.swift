// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// An absolute `http` or `https` URL, in one form that every reader understands alike.
///
/// Stricter than RFC 3986: no user information, no fragment, the host in ASCII as letters, digits, `-`, `_` and `.`, or
/// an address. What another parser could read as another host is refused.
public struct RegistryURL: Hashable, Sendable {
    /// How the server is spoken to.
    public enum Scheme: String, Hashable, Sendable {
        /// In the clear.
        case http
        /// Over TLS.
        case https

        /// The port that a URL without one means.
        public var defaultPort: Int { self == .http ? 80 : 443 }
    }

    /// Scheme, host and port: credentials belong to these three together.
    public struct Origin: Hashable, Sendable, CustomStringConvertible {
        /// How the server is spoken to.
        public let scheme: Scheme
        /// The host in small letters; an IPv6 address without its brackets.
        public let host: String
        /// The port.
        public let port: Int

        /// For example `https://registry.example.com`; the port only where it is not the scheme's own.
        public var description: String { "\(scheme.rawValue)://\(authority)" }

        /// Host and port as in a URL.
        public var authority: String {
            let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
            return port == scheme.defaultPort ? name : "\(name):\(port)"
        }

        /// The host as an address, if it is one.
        public var address: NetworkAddress? { NetworkAddress(host) }

        /// Whether this is this very machine, by its address or as `localhost`.
        public var isLoopback: Bool {
            host == "localhost" || host.hasSuffix(".localhost") || address?.reach == .loopback
        }
    }

    /// Why text is no such URL.
    public enum Problem: String, Error, Hashable, Sendable {
        /// It is longer than 8 KiB.
        case tooLong = "it is longer than 8 KiB"
        /// It begins with another scheme than the two known.
        case scheme = "its scheme is neither http nor https"
        /// It has a name or a password before the host.
        case userInformation = "it carries a user name or password"
        /// The host is malformed.
        case host = "its host is malformed"
        /// The port is no number from 1 to 65535.
        case port = "its port is no number from 1 to 65535"
        /// The path or query has bytes that must be escaped there.
        case path = "its path or query has characters that do not belong there"
    }

    /// Scheme, host and port.
    public let origin: Origin
    /// Path and query, beginning with `/`.
    public let target: String

    init(_ origin: Origin, target: String) {
        self.origin = origin
        self.target = target
    }

    /// Reads an absolute URL.
    ///
    /// - Parameter text: The URL.
    /// - Throws: ``Problem``.
    public init(_ text: String) throws(Problem) {
        let utf8 = Array(text.utf8)
        guard utf8.count <= 8192 else { throw .tooLong }
        let scheme: Scheme
        let lowered = ASCII.lowercased(String(decoding: utf8.prefix(8), as: UTF8.self))
        if lowered.hasPrefix("https://") {
            scheme = .https
        } else if lowered.hasPrefix("http://") {
            scheme = .http
        } else {
            throw .scheme
        }
        let rest = utf8[(scheme.rawValue.utf8.count + 3)...]
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
        let authority = rest[..<(end ?? rest.endIndex)]
        origin = try Self.origin(scheme, Array(authority))
        target = try Self.target(rest[(end ?? rest.endIndex)...])
    }

    /// The origin of a registry that is named as in a reference, for example `localhost:5000`.
    ///
    /// - Parameters:
    ///   - scheme: How it is spoken to.
    ///   - registry: Host and port.
    /// - Returns: The origin.
    /// - Throws: ``Problem``.
    public static func origin(_ scheme: Scheme, registry: String) throws(Problem) -> Origin {
        try origin(scheme, Array(registry.utf8))
    }

    private static func origin(_ scheme: Scheme, _ authority: [UInt8]) throws(Problem) -> Origin {
        guard !authority.contains(UInt8(ascii: "@")) else { throw .userInformation }
        var host = authority[...]
        var port: ArraySlice<UInt8>?
        if authority.first == UInt8(ascii: "[") {
            guard let bracket = authority.firstIndex(of: UInt8(ascii: "]")) else { throw .host }
            let text = String(decoding: authority[1..<bracket], as: UTF8.self)
            guard let address = NetworkAddress(text), address.bytes.count == 16 else { throw .host }
            let tail = authority[(bracket + 1)...]
            if !tail.isEmpty {
                guard tail.first == UInt8(ascii: ":") else { throw .host }
                port = tail.dropFirst()
            }
            return Origin(scheme: scheme, host: address.description, port: try Self.port(port, scheme))
        }
        if let colon = authority.firstIndex(of: UInt8(ascii: ":")) {
            host = authority[..<colon]
            port = authority[(colon + 1)...]
        }
        guard isHost(host) else { throw .host }
        return Origin(
            scheme: scheme,
            host: String(decoding: host.map { ASCII.lowercased($0) }, as: UTF8.self),
            port: try Self.port(port, scheme)
        )
    }

    private static func port(_ digits: ArraySlice<UInt8>?, _ scheme: Scheme) throws(Problem) -> Int {
        guard let digits else { return scheme.defaultPort }
        guard digits.count <= 5, let number = ASCII.number(digits), (1...65_535).contains(number) else { throw .port }
        return Int(number)
    }

    private static func isHost(_ host: ArraySlice<UInt8>) -> Bool {
        guard (1...253).contains(host.count) else { return false }
        let labels = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let areLabels = labels.allSatisfy { label in
            (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
                && label.allSatisfy { ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        }
        guard areLabels, let last = labels.last else { return false }
        // `127.1` and `0x7f000001` are addresses to some resolvers: a name's last label is no number.
        let looksNumeric =
            last.allSatisfy(ASCII.isDigit) || last.starts(with: "0x".utf8) || last.starts(with: "0X".utf8)
        return !looksNumeric || NetworkAddress(String(decoding: host, as: UTF8.self)) != nil
    }

    /// Checks path and query; a fragment is dropped, it is for the reader alone.
    private static func target(_ text: ArraySlice<UInt8>) throws(Problem) -> String {
        let bytes = text.prefix { $0 != UInt8(ascii: "#") }
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == UInt8(ascii: "%") {
                guard bytes[index...].prefix(3).count == 3,
                    bytes[(index + 1)...(index + 2)].allSatisfy(ASCII.isHexDigit)
                else { throw .path }
                index += 3
                continue
            }
            guard ASCII.isAlphanumeric(byte) || "-._~!$&'()*+,;=:@/?|[]{}".utf8.contains(byte) else { throw .path }
            index += 1
        }
        let result = String(decoding: bytes, as: UTF8.self)
        return result.utf8.first == UInt8(ascii: "/") ? result : "/" + result
    }

    /// The URL that a `Location` or `Link` in an answer to this one means: absolute, of the same scheme, of the same
    /// origin, or relative to this one's path.
    ///
    /// - Parameter reference: What the header says.
    /// - Returns: The URL.
    /// - Throws: ``Problem``.
    /// - SeeAlso: RFC 3986, section 5.2.
    public func resolving(_ reference: String) throws(Problem) -> RegistryURL {
        let utf8 = Array(reference.utf8)
        guard utf8.count <= 8192 else { throw .tooLong }
        if reference.hasPrefix("//") { return try RegistryURL("\(origin.scheme.rawValue):\(reference)") }
        let word = utf8.prefix { ASCII.isAlphanumeric($0) || "+-.".utf8.contains($0) }
        if !word.isEmpty, word.count < utf8.count, utf8[word.count] == UInt8(ascii: ":") {
            return try RegistryURL(reference)
        }
        if reference.hasPrefix("/") { return RegistryURL(origin, target: try Self.target(utf8[...])) }
        let path = target.utf8.prefix { $0 != UInt8(ascii: "?") }
        if reference.isEmpty || reference.hasPrefix("#") { return self }
        if reference.hasPrefix("?") {
            return RegistryURL(origin, target: try Self.target(Array(path)[...] + utf8))
        }
        let directory = Array(path)[...(Array(path).lastIndex(of: UInt8(ascii: "/")) ?? 0)]
        let joined = try Self.target(directory + utf8)
        return RegistryURL(origin, target: Self.withoutDots(joined))
    }

    /// Applies the segments `.` and `..` of a path (RFC 3986, section 5.2.4).
    private static func withoutDots(_ target: String) -> String {
        let path = target.utf8.prefix { $0 != UInt8(ascii: "?") }
        let query = target.utf8.dropFirst(path.count)
        var segments: [Substring.UTF8View.SubSequence] = []
        let parts = path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            if part.elementsEqual("..".utf8) {
                if !segments.isEmpty { segments.removeLast() }
                if isLast { segments.append(""[...].utf8) }
            } else if part.elementsEqual(".".utf8) {
                if isLast { segments.append(""[...].utf8) }
            } else {
                segments.append(part)
            }
        }
        let text = segments.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
        return "/" + text + String(decoding: query, as: UTF8.self)
    }

    /// This URL with more in its query.
    ///
    /// - Parameter items: Names and values, which are escaped here.
    /// - Returns: The URL.
    public func adding(query items: [(String, String)]) -> RegistryURL {
        guard !items.isEmpty else { return self }
        let separator = target.utf8.contains(UInt8(ascii: "?")) ? "&" : "?"
        return RegistryURL(origin, target: target + separator + Self.form(items))
    }

    /// Names and values as a query or as the body of a form.
    static func form(_ items: [(String, String)]) -> String {
        items.map { "\(escaped($0))=\(escaped($1))" }.joined(separator: "&")
    }

    private static func escaped(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            if ASCII.isAlphanumeric(byte) || "-._~:/".utf8.contains(byte) {
                result.append(byte)
            } else {
                let digits = Array("0123456789ABCDEF".utf8)
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The whole URL.
    public var text: String { origin.description + target }
}

extension RegistryURL: CustomStringConvertible {
    /// The URL without its query, which can carry a signature that is as good as a password.
    public var description: String {
        let path = target.utf8.prefix { $0 != UInt8(ascii: "?") }
        return origin.description + ASCII.excerpt(String(decoding: path, as: UTF8.self))
    }
}
