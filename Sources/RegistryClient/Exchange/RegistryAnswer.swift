// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// An answer of a registry, its body still to be read.
struct RegistryAnswer: Sendable {
    /// The status.
    let status: Int
    /// The header.
    let headers: HTTPHeaders
    /// The URL that gave the answer, after redirects.
    let url: RegistryURL
    /// The server that was asked.
    let endpoint: Endpoint
    /// What it is the answer to.
    let call: RegistryCall
    private let pieces: @Sendable () async throws(TransportError) -> [UInt8]?

    init(_ response: TransportResponse, url: RegistryURL, endpoint: Endpoint, call: RegistryCall) {
        status = response.status
        headers = response.headers
        self.url = url
        self.endpoint = endpoint
        self.call = call
        pieces = response.next
    }

    /// The next piece of the body; `nil` at its end.
    func next() async throws(RegistryError) -> [UInt8]? {
        do throws(TransportError) { return try await pieces() } catch { throw RegistryError(error, call) }
    }

    /// The whole body.
    ///
    /// - Throws: ``RegistryError``: `limitExceeded` if it has more than `limit` bytes, of which no more is read then.
    func body(limit: Int) async throws(RegistryError) -> [UInt8] {
        if let length = headers["Content-Length"].flatMap({ ASCII.number($0.utf8) }), length > limit {
            throw tooLarge(limit)
        }
        var body: [UInt8] = []
        while let piece = try await next() {
            guard body.count + piece.count <= limit else { throw tooLarge(limit) }
            body += piece
        }
        return body
    }

    private func tooLarge(_ limit: Int) -> RegistryError {
        RegistryError(
            .limitExceeded,
            call.step,
            call.subject,
            "the answer has more than the \(limit) bytes allowed",
            status: status
        )
    }

    /// The error that an answer with this status is.
    func failure() async -> RegistryError {
        var body: [UInt8] = []
        // What the registry says is wrong helps; that it cannot be read does not matter.
        while body.count < RegistryLimits.errorBody, let piece = try? await next() { body += piece }
        let messages = RegistryMessage.read(Array(body.prefix(RegistryLimits.errorBody)))
        let (code, hint) = Self.meaning(status, messages, call.step, registry: endpoint.registry)
        return RegistryError(
            code,
            call.step,
            call.subject,
            url.origin == endpoint.origin ? "" : "\(url.origin) answers",
            status: status,
            messages: messages,
            hint: hint
        )
    }

    private static func meaning(
        _ status: Int,
        _ messages: [RegistryMessage],
        _ step: RegistryError.Step,
        registry: String
    ) -> (RegistryError.Code, String?) {
        switch status {
        case 401 where step == .ping: (.unauthorized, "are name and password right?")
        case 401: (.unauthorized, "'skiff login \(registry)' stores credentials")
        case 403: (.denied, "the account may not do this")
        case 404: (.notFound, nil)
        case 405, 501: (.unsupported, nil)
        case 429: (.rateLimited, "try later, or log in: many registries allow more then")
        case 300..<400: (.redirectRefused, nil)
        case 400..<500: (messages.contains { $0.code == "UNSUPPORTED" } ? .unsupported : .rejected, nil)
        case 500..<600: (.unavailable, nil)
        default: (.invalidResponse, nil)
        }
    }
}

extension RegistryError {
    /// A failure of the transport, in the words of a call.
    init(_ error: TransportError, _ call: RegistryCall) {
        let (code, hint): (Code, String?) =
            switch error.code {
            case .nameNotFound: (.connectionFailed, "is the registry's name right, and the network up?")
            case .connectionFailed: (.connectionFailed, "does the registry listen there, and is the port right?")
            case .connectionLost, .proxyRefused: (.connectionFailed, nil)
            case .certificateRefused:
                (.insecure, "name the authority's certificate, or trust any with --tls-verify=false")
            case .tlsFailed: (.insecure, "a registry without TLS is used with --tls-verify=false")
            case .timedOut: (.stalled, nil)
            case .invalidResponse: (.invalidResponse, nil)
            case .configuration: (.configuration, nil)
            case .requestBody: (.layout, nil)
            case .cancelled: (.cancelled, nil)
            }
        self.init(code, call.step, call.subject, cause: .transport(error), hint: hint)
    }
}
