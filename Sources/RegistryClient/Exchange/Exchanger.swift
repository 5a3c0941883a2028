// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Sends one request to one server, follows redirects, and decides who sees the credentials: nobody but the server
/// itself, by scheme, host and port.
struct Exchanger: Sendable {
    let transport: any RegistryTransport
    let configuration: RegistryConfiguration
    let pacer: Pacer

    /// Sends `call` to `endpoint`.
    ///
    /// - Parameters:
    ///   - call: The request.
    ///   - endpoint: The server.
    ///   - authorization: The value of `Authorization` for the server.
    /// - Returns: The first answer that is no redirect.
    /// - Throws: ``RegistryError``: `redirectRefused` for a redirect that is not followed, or what the transport says.
    func send(
        _ call: RegistryCall,
        to endpoint: Endpoint,
        authorization: String?
    ) async throws(RegistryError) -> RegistryAnswer {
        var url = call.location ?? RegistryURL(endpoint.origin, target: call.path)
        var query = call.query
        if let mirrored = endpoint.mirrored { query.append(("ns", mirrored)) }
        url = url.adding(query: query)
        if url.origin.scheme == .http, endpoint.origin.scheme == .https {
            throw refusal(call, url, "it leaves TLS")
        }
        var seen: Set<String> = []
        // Who was led away and back again does not get the credentials once more.
        var isHome = true
        while true {
            guard seen.insert(url.text).inserted else { throw refusal(call, url, "it leads in a circle") }
            guard seen.count <= RegistryLimits.redirects + 1 else {
                throw refusal(call, url, "there are more than \(RegistryLimits.redirects)")
            }
            isHome = isHome && url.origin == endpoint.origin
            let request = try await request(call, url, endpoint, authorization: isHome ? authorization : nil)
            let response: TransportResponse
            do throws(TransportError) { response = try await transport.send(request) } catch {
                throw RegistryError(error, call)
            }
            let answer = RegistryAnswer(watched(response), url: url, endpoint: endpoint, call: call)
            guard response.headers.byteCount <= RegistryLimits.headers else {
                throw RegistryError(.limitExceeded, call.step, call.subject, "the answer's header is too large")
            }
            guard [301, 302, 303, 307, 308].contains(response.status) else { return answer }
            guard call.method == .get || call.method == .head, let location = response.headers["Location"] else {
                throw refusal(call, url, "a \(call.method.rawValue) is not sent elsewhere")
            }
            let next: RegistryURL
            do throws(RegistryURL.Problem) { next = try url.resolving(location) } catch {
                throw refusal(call, url, error.rawValue)
            }
            if url.origin.scheme == .https, next.origin.scheme == .http { throw refusal(call, next, "it leaves TLS") }
            url = next
        }
    }

    private func request(
        _ call: RegistryCall,
        _ url: RegistryURL,
        _ endpoint: Endpoint,
        authorization: String?
    ) async throws(RegistryError) -> TransportRequest {
        var headers = call.headers
        headers.append("User-Agent", configuration.userAgent)
        if let authorization, !headers.append("Authorization", authorization) {
            throw RegistryError(.credentials, call.step, call.subject, "the credential has control characters")
        }
        let address: NetworkAddress?
        do { address = try await guardian.address(for: url.origin, from: endpoint) } catch let error as TransportError {
            throw RegistryError(error, call)
        } catch let error as AddressGuard.Refusal {
            throw refusal(call, url, "\(error.host) has a \(error.reach.rawValue) address")
        } catch {
            throw RegistryError(.cancelled, call.step, call.subject)
        }
        let proxy = configuration.proxies.proxy(for: url.origin)
        return TransportRequest(
            method: call.method,
            url: url,
            headers: headers,
            body: call.body,
            tls: url.origin.host == endpoint.origin.host
                ? endpoint.tls : configuration.hosts[url.origin.authority]?.tls ?? TLSSettings(),
            proxy: proxy?.origin,
            proxyAuthorization: proxy?.authorization,
            address: proxy == nil ? address : nil,
            connectTimeout: configuration.connectTimeout,
            // What was uploaded is checked and moved before the answer to a PUT, and that takes long for large blobs.
            idleTimeout: call.method == .put ? configuration.idleTimeout * 10 : configuration.idleTimeout
        )
    }

    private var guardian: AddressGuard { AddressGuard(transport: transport, proxies: configuration.proxies) }

    /// The response, with an end to a body that trickles.
    private func watched(_ response: TransportResponse) -> TransportResponse {
        let watch = ProgressWatch(
            window: configuration.idleTimeout,
            minimum: configuration.minimumProgress,
            pacer: pacer
        )
        return TransportResponse(status: response.status, headers: response.headers) {
            () async throws(TransportError) in
            try await watch.next(response.next)
        }
    }

    private func refusal(_ call: RegistryCall, _ url: RegistryURL, _ detail: String) -> RegistryError {
        RegistryError(.redirectRefused, call.step, call.subject, "the server leads to \(url): \(detail)")
    }
}
