// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// What carries requests to servers: ``HTTPTransport`` with the package trait `Registry`, or a script in a test.
///
/// A transport follows no redirect, adds no credentials, undoes no compression and does not repeat requests: all of
/// that is decided by its caller.
public protocol RegistryTransport: Sendable {
    /// Sends a request and returns when the header of the answer has arrived.
    ///
    /// - Parameter request: The request.
    /// - Returns: The answer. Its body is read by its receiver; dropping it unread ends the connection or stream.
    /// - Throws: ``TransportError``.
    func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse

    /// Finds an address of a host.
    ///
    /// - Parameters:
    ///   - host: A name or an address.
    ///   - port: The port that will be connected to.
    /// - Returns: The address.
    /// - Throws: ``TransportError``: `nameNotFound`.
    func resolve(_ host: String, port: Int) async throws(TransportError) -> NetworkAddress
}

/// A request as a transport sends it.
public struct TransportRequest: Sendable {
    /// The method.
    public enum Method: String, Hashable, Sendable {
        /// Fetch.
        case get = "GET"
        /// Fetch the header alone.
        case head = "HEAD"
        /// Create or ask.
        case post = "POST"
        /// Replace.
        case put = "PUT"
        /// Append.
        case patch = "PATCH"
        /// Remove.
        case delete = "DELETE"
    }

    /// The body.
    public enum Body: Sendable {
        /// None; `Content-Length: 0` where the method usually has one.
        case none
        /// These bytes.
        case bytes([UInt8])
        /// What `pieces` makes, read anew for each request: `length` bytes in all.
        case stream(length: Int64, pieces: @Sendable () throws -> any TransportPieces)
    }

    /// The method.
    public var method: Method
    /// Where to.
    public var url: RegistryURL
    /// The header, without `Host` and `Content-Length`, which the transport adds.
    public var headers: HTTPHeaders
    /// The body.
    public var body: Body
    /// How the server is spoken to.
    public var tls: TLSSettings
    /// The proxy, if one is used.
    public var proxy: RegistryURL.Origin?
    /// What the proxy wants to know, if anything; the value of `Proxy-Authorization`.
    public var proxyAuthorization: String?
    /// The address to connect to in place of asking for the host's name again; the certificate is still that of the
    /// host.
    public var address: NetworkAddress?
    /// Time for the connection to come about.
    public var connectTimeout: Duration
    /// Time that may pass without a byte of progress.
    public var idleTimeout: Duration
}

/// The pieces of a request's body.
public protocol TransportPieces: Sendable {
    /// The next piece; `nil` at the end.
    ///
    /// - Returns: A piece that is not empty, or `nil`.
    /// - Throws: Whatever keeps it from being read; the request fails then.
    func next() async throws -> [UInt8]?
}

/// An answer whose body is still to be read.
public struct TransportResponse: Sendable {
    /// The status, 100 to 599.
    public let status: Int
    /// The header.
    public let headers: HTTPHeaders
    /// The next piece of the body, never empty; `nil` at its end. For one reader.
    public let next: @Sendable () async throws(TransportError) -> [UInt8]?

    /// Creates an answer.
    ///
    /// - Parameters:
    ///   - status: The status.
    ///   - headers: The header.
    ///   - next: Gives the next piece of the body; `nil` at its end.
    public init(
        status: Int,
        headers: HTTPHeaders,
        next: @escaping @Sendable () async throws(TransportError) -> [UInt8]?
    ) {
        self.status = status
        self.headers = headers
        self.next = next
    }
}
