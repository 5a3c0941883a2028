// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

#if Registry

internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
internal import Synchronization

/// Carries requests over the network, by async-http-client: HTTP/1.1, TLS, proxies.
///
/// HTTP/2 is not offered: its frames are one more language that a registry could misuse, and transfers share the windows of
/// one connection, where each has its own otherwise.
///
/// Connections are kept for a minute and used again. They end with this value, and with the process.
public final class HTTPTransport: RegistryTransport {
    /// What one client of the library is set up for; each is kept.
    private struct Key: Hashable {
        let tls: TLSSettings
        let proxy: RegistryURL.Origin?
        let proxyAuthorization: String?
        let host: String?
        let address: NetworkAddress?
        let connectTimeout: Duration
        let idleTimeout: Duration
    }

    private let clients = Mutex<[Key: HTTPClient]>([:])

    /// Creates a transport. Nothing is connected yet.
    public init() {}

    deinit {
        // Ending a client waits for its connections, which a deinitializer cannot.
        for client in clients.withLock({ $0.values }) { Task { try? await client.shutdown() } }
    }

    /// Sends a request; see ``RegistryTransport/send(_:)``.
    public func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
        let client = try client(for: request)
        // Ends with the header of the answer. Each of the answers before it (103 and its like) counts as movement for the
        // library, and a server may send them without end. How long a body takes to be sent, nobody knows.
        var deadline = NIODeadline.now() + .init(request.connectTimeout) + .init(request.idleTimeout)
        var message = HTTPClientRequest(url: request.url.text)
        message.method = HTTPMethod(rawValue: request.method.rawValue)
        for field in request.headers.fields { message.headers.add(name: field.name, value: field.value) }
        switch request.body {
        case .none: break
        case .bytes(let bytes): message.body = .bytes(ByteBuffer(bytes: bytes))
        case .stream(let length, let pieces):
            let source: any TransportPieces
            do { source = try pieces() } catch { throw TransportError(.requestBody, "\(error)") }
            message.body = .stream(PieceSequence(pieces: source), length: .known(length))
            deadline = .distantFuture
        }
        let response: HTTPClientResponse
        do { response = try await client.execute(message, deadline: deadline) } catch {
            throw TransportError(failure: error)
        }
        var headers = HTTPHeaders()
        for field in response.headers { headers.append(field.name, field.value) }
        let body = BodyReader(response.body)
        return TransportResponse(status: Int(response.status.code), headers: headers) {
            () async throws(TransportError) in try await body.next()
        }
    }

    /// Finds an address of a host; see ``RegistryTransport/resolve(_:port:)``.
    public func resolve(_ host: String, port: Int) async throws(TransportError) -> NetworkAddress {
        let loop = HTTPClient.defaultEventLoopGroup.any()
        let resolver = HostResolver(loop)
        guard let address = await resolver.address(of: host, port: port) else {
            throw TransportError(.nameNotFound, "no address for the name \(host)")
        }
        return address
    }

    private func client(for request: TransportRequest) throws(TransportError) -> HTTPClient {
        let key = Key(
            tls: request.tls,
            proxy: request.proxy,
            proxyAuthorization: request.proxyAuthorization,
            host: request.address == nil ? nil : request.url.origin.host,
            address: request.address,
            connectTimeout: request.connectTimeout,
            idleTimeout: request.idleTimeout
        )
        if let client = clients.withLock({ $0[key] }) { return client }
        let made = HTTPClient(eventLoopGroupProvider: .singleton, configuration: try Self.configuration(key))
        let (kept, spare) = clients.withLock { clients -> (HTTPClient, HTTPClient?) in
            if let other = clients[key] { return (other, made) }
            clients[key] = made
            return (made, nil)
        }
        if let spare { Task { try? await spare.shutdown() } }
        return kept
    }

    private static func configuration(_ key: Key) throws(TransportError) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: try TLSConfiguration(key.tls),
            redirectConfiguration: .disallow,
            timeout: .init(
                connect: .init(key.connectTimeout),
                read: .init(key.idleTimeout),
                write: .init(key.idleTimeout)
            ),
            decompression: .disabled
        )
        // Refused is refused: whether to try again is decided above.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        // How many transfers there are at a time is decided above, too: what waits in the pool's queue runs out of time.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Int(UInt16.max)
        if let host = key.host, let address = key.address { configuration.dnsOverride = [host: address.description] }
        if let proxy = key.proxy {
            configuration.proxy = .server(
                host: proxy.host,
                port: proxy.port,
                authorization: key.proxyAuthorization.map { .basic(credentials: String($0.dropFirst("Basic ".count))) }
            )
        }
        return configuration
    }
}

/// The body of a response, for one reader.
private actor BodyReader {
    private var iterator: HTTPClientResponse.Body.AsyncIterator

    init(_ body: HTTPClientResponse.Body) { iterator = body.makeAsyncIterator() }

    func next() async throws(TransportError) -> [UInt8]? {
        do {
            while let buffer = try await take() {
                if buffer.readableBytes > 0 { return Array(buffer.readableBytesView) }
            }
            return nil
        } catch {
            throw TransportError(failure: error)
        }
    }

    private func take() async throws -> ByteBuffer? {
        var own = iterator
        defer { iterator = own }
        return try await own.next(isolation: self)
    }
}

/// The pieces of a request's body as the library wants them.
private struct PieceSequence: AsyncSequence, Sendable {
    let pieces: any TransportPieces

    struct AsyncIterator: AsyncIteratorProtocol {
        let pieces: any TransportPieces

        mutating func next() async throws -> ByteBuffer? { try await pieces.next().map { ByteBuffer(bytes: $0) } }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pieces: pieces) }
}

extension TimeAmount {
    fileprivate init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .nanoseconds(seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000)
    }
}

#endif
