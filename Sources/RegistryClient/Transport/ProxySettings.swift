// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Through which proxy a server is reached: what `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` say.
///
/// Names in small letters go first, as curl has it; `HTTP_PROXY` in capitals is not read where `REQUEST_METHOD` is set,
/// since a CGI program's visitor chooses it.
public struct ProxySettings: Sendable {
    /// A proxy that speaks HTTP in the clear.
    public struct Proxy: Hashable, Sendable {
        /// Where it is.
        public let origin: RegistryURL.Origin
        /// The value of `Proxy-Authorization`, if it wants one.
        let authorization: String?
    }

    /// The proxy for servers spoken to in the clear.
    public var http: Proxy?
    /// The proxy for servers spoken to over TLS.
    public var https: Proxy?
    /// Hosts that are reached directly.
    public var exceptions: [String]

    /// Settings without any proxy.
    public static let none = ProxySettings()

    /// Creates settings.
    ///
    /// - Parameters:
    ///   - http: The proxy for servers spoken to in the clear.
    ///   - https: The proxy for servers spoken to over TLS.
    ///   - exceptions: Hosts that are reached directly: names, with all that end in them after a dot, addresses,
    ///     networks such as `10.0.0.0/8`, each with or without port; `*` for all.
    public init(http: Proxy? = nil, https: Proxy? = nil, exceptions: [String] = []) {
        self.http = http
        self.https = https
        self.exceptions = exceptions
    }

    /// Reads the variables of an environment.
    ///
    /// - Parameter variables: The environment.
    /// - Throws: ``TransportError``: `configuration` if a proxy's URL is malformed or of a kind that is not supported.
    public init(environment variables: [String: String]) throws(TransportError) {
        func value(_ name: String) -> String? {
            let isForeign = name == "HTTP_PROXY" && variables["REQUEST_METHOD"] != nil
            let text = variables[ASCII.lowercased(name)] ?? (isForeign ? nil : variables[name])
            return text?.isEmpty == false ? text : nil
        }
        let all = try value("ALL_PROXY").map { (text) throws(TransportError) in try Self.proxy(text, "ALL_PROXY") }
        http =
            try value("HTTP_PROXY").map { (text) throws(TransportError) in try Self.proxy(text, "HTTP_PROXY") } ?? all
        https =
            try value("HTTPS_PROXY").map { (text) throws(TransportError) in try Self.proxy(text, "HTTPS_PROXY") } ?? all
        exceptions = (value("NO_PROXY") ?? "").split { $0 == "," || $0 == " " }.map(String.init)
    }

    /// Reads the URL of a proxy, which may carry a name and a password.
    private static func proxy(_ text: String, _ variable: String) throws(TransportError) -> Proxy {
        var url = text.utf8.contains(UInt8(ascii: "/")) ? text : "http://\(text)"
        var authorization: String?
        guard ASCII.lowercased(url).hasPrefix("http://") else {
            throw TransportError(.configuration, "\(variable): only proxies at http:// are supported")
        }
        let authority = url.dropFirst(7).prefix { $0 != "/" }
        if let at = authority.lastIndex(of: "@") {
            let words = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let name = unescaped(words[0])
            let password = words.count > 1 ? unescaped(words[1]) : []
            authorization = "Basic \(Base64.encode(name + [UInt8(ascii: ":")] + password))"
            url = "http://" + authority[authority.index(after: at)...]
        }
        do throws(RegistryURL.Problem) {
            return Proxy(origin: try RegistryURL(url).origin, authorization: authorization)
        } catch {
            throw TransportError(.configuration, "\(variable): \(error.rawValue)")
        }
    }

    private static func unescaped(_ text: Substring) -> [UInt8] {
        var rest = Array(text.utf8)[...]
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2, rest.prefix(2).allSatisfy(ASCII.isHexDigit),
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }

    /// The proxy through which `origin` is reached; `nil` if it is reached directly, as this machine always is.
    ///
    /// - Parameter origin: The server.
    /// - Returns: The proxy, or `nil`.
    public func proxy(for origin: RegistryURL.Origin) -> Proxy? {
        guard let proxy = origin.scheme == .http ? http : https, !origin.isLoopback,
            !exceptions.contains(where: { Self.excepts($0, origin) })
        else { return nil }
        return proxy
    }

    private static func excepts(_ exception: String, _ origin: RegistryURL.Origin) -> Bool {
        var pattern = ASCII.lowercased(exception)
        if pattern == "*" { return true }
        if let network = pattern.split(separator: "/").count == 2 ? pattern.split(separator: "/") : nil {
            return isWithin(origin, address: String(network[0]), bits: Int(network[1]))
        }
        if let address = NetworkAddress(pattern) { return address == origin.address }
        if let colon = pattern.lastIndex(of: ":") {
            guard pattern[pattern.index(after: colon)...] == "\(origin.port)" else { return false }
            pattern = String(pattern[..<colon])
            if pattern.hasPrefix("["), pattern.hasSuffix("]") { pattern = String(pattern.dropFirst().dropLast()) }
            if let address = NetworkAddress(pattern) { return address == origin.address }
        }
        if pattern.hasPrefix("*.") { pattern.removeFirst() }
        let bare = pattern.hasPrefix(".") ? String(pattern.dropFirst()) : pattern
        guard !bare.isEmpty else { return false }
        return origin.host == bare || origin.host.hasSuffix(".\(bare)")
    }

    private static func isWithin(_ origin: RegistryURL.Origin, address: String, bits: Int?) -> Bool {
        guard let bits, let network = NetworkAddress(address), let host = origin.address,
            network.bytes.count == host.bytes.count, (0...(8 * host.bytes.count)).contains(bits)
        else { return false }
        return (0..<bits).allSatisfy { bit in
            (network.bytes[bit / 8] ^ host.bytes[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0
        }
    }
}
