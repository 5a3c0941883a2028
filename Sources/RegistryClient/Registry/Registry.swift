// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec
internal import Synchronization

/// A registry of images, as OCI distribution-spec 1.1 describes it; docker's registries are such.
///
/// All methods are cancellable. No privilege is needed. Requests that fail for a passing reason are repeated as
/// ``RegistryConfiguration/retries`` says; nothing has a time limit but the wait for the next byte.
///
/// - SeeAlso: OCI distribution-spec 1.1.
public final class Registry: Sendable {
    /// The registry, as it is named in references.
    public let name: String
    /// How registries are reached.
    public let configuration: RegistryConfiguration
    let exchanger: Exchanger
    private let authorizer: Authorizer
    /// The endpoints that were found by trying: the registry and its mirrors.
    private let found = Mutex<[String: Endpoint]>([:])

    var pacer: Pacer { exchanger.pacer }

    /// Creates a client. Nothing is sent yet.
    ///
    /// - Parameters:
    ///   - name: Host and port as in a reference, for example `docker.io`.
    ///   - configuration: How registries are reached.
    ///   - credentials: Where credentials come from.
    ///   - transport: What carries the requests.
    public convenience init(
        _ name: String,
        configuration: RegistryConfiguration = RegistryConfiguration(),
        credentials: CredentialSource = .none,
        transport: any RegistryTransport
    ) {
        self.init(name, configuration, credentials, transport, pacer: .machine)
    }

    init(
        _ name: String,
        _ configuration: RegistryConfiguration,
        _ credentials: CredentialSource,
        _ transport: any RegistryTransport,
        pacer: Pacer
    ) {
        self.name = name
        self.configuration = configuration
        exchanger = Exchanger(transport: transport, configuration: configuration, pacer: pacer)
        authorizer = Authorizer(exchanger, credentials)
    }

    /// Asks whether this is a registry and whether it takes the credentials.
    ///
    /// - Throws: ``RegistryError``: `unauthorized`, `notFound` if it is no registry, and whatever keeps it from
    ///   answering.
    /// - SeeAlso: OCI distribution-spec 1.1, "Determining Support" (end-1).
    public func ping() async throws(RegistryError) {
        let call = RegistryCall(
            step: .ping,
            subject: .init(registry: name),
            method: .get,
            path: "/v2/",
            scopes: [],
            accepted: [200]
        )
        _ = try await perform(call)
    }

    /// Sends a request until it succeeds or must not be sent again.
    func perform(_ call: RegistryCall) async throws(RegistryError) -> RegistryAnswer {
        if call.usesMirrors {
            for mirror in configuration.mirrors[name] ?? [] {
                // Whatever a mirror has wrong: the registry itself decides.
                do throws(RegistryError) { return try await perform(call, on: endpoint(mirror, mirrored: name)) } catch
                {
                    if error.code == .cancelled { throw error }
                }
            }
        }
        return try await perform(call, on: endpoint(name, mirrored: nil))
    }

    /// As ``perform(_:)``, on one server.
    func perform(_ call: RegistryCall, on endpoint: Endpoint) async throws(RegistryError) -> RegistryAnswer {
        var failures = 0
        while true {
            var wish: Duration?
            let failure: RegistryError
            do throws(RegistryError) {
                let answer = try await exchange(call, endpoint)
                if call.accepted.contains(answer.status) { return answer }
                wish = answer.headers["Retry-After"].flatMap { RetryAfter.read($0, date: answer.headers["Date"]) }
                failure = await answer.failure()
            } catch {
                failure = error
            }
            failures += 1
            guard call.isRepeatable, failure.isTransient else { throw failure }
            // Another try elsewhere is better than another one here.
            if endpoint.mirrored != nil { throw failure }
            guard let wait = configuration.retries.wait(after: failures, wish: wish, random: pacer.random()) else {
                throw failure.noting(wish)
            }
            try await pause(wait, call)
        }
    }

    func pause(_ wait: Duration, _ call: RegistryCall) async throws(RegistryError) {
        do { try await pacer.sleep(wait) } catch { throw RegistryError(.cancelled, call.step, call.subject) }
    }

    /// Sends a request once, with credentials if the server asks for them.
    private func exchange(_ call: RegistryCall, _ endpoint: Endpoint) async throws(RegistryError) -> RegistryAnswer {
        let authorization = authorizer.authorization(for: endpoint, call.scopes)
        var answer = try await exchanger.send(call, to: endpoint, authorization: authorization)
        // What was remembered may have run out, so a challenge is answered once in any case, and once only.
        guard answer.status == 401, answer.url.origin == endpoint.origin,
            let fresh = try await authorizer.answer(answer)
        else { return answer }
        answer = try await exchanger.send(call, to: endpoint, authorization: fresh)
        return answer
    }

    /// The server behind the name of a registry.
    func endpoint(_ registry: String, mirrored: String?) async throws(RegistryError) -> Endpoint {
        if let known = found.withLock({ $0[registry] }) { return known }
        let host = configuration.hosts[registry] ?? RegistryConfiguration.Host()
        var tls = host.tls
        if host.security == .unverified { tls.verification = .none }
        func endpoint(_ scheme: RegistryURL.Scheme) throws(RegistryError) -> Endpoint {
            do throws(RegistryURL.Problem) {
                let origin = try RegistryURL.origin(scheme, registry: Endpoint.host(of: registry))
                return Endpoint(
                    registry: registry,
                    origin: origin,
                    tls: tls,
                    trustedRealms: host.trustedRealms,
                    mirrored: mirrored
                )
            } catch {
                throw RegistryError(.configuration, .ping, .init(registry: registry), error.rawValue)
            }
        }
        var result = try endpoint(host.security == .plain ? .http : .https)
        if host.security == .unverified || host.security == .verified && result.origin.isLoopback,
            try await speaksNoTLS(result)
        {
            result = try endpoint(.http)
        }
        found.withLock { $0[registry] = result }
        return result
    }

    /// Whether a server that may be spoken to in the clear has to be.
    private func speaksNoTLS(_ endpoint: Endpoint) async throws(RegistryError) -> Bool {
        let call = RegistryCall(
            step: .ping,
            subject: .init(registry: name),
            method: .get,
            path: "/v2/",
            scopes: [],
            accepted: []
        )
        do throws(RegistryError) { _ = try await exchanger.send(call, to: endpoint, authorization: nil) } catch {
            if case .transport(let cause) = error.cause { return cause.code == .tlsFailed }
            if error.code == .cancelled { throw error }
        }
        return false
    }
}

extension RegistryError {
    /// Whether the same request can succeed a moment later.
    var isTransient: Bool {
        if case .transport(let error) = cause { return error.isTransient }
        guard let status else { return false }
        return status == 408 || status == 429 || [500, 502, 503, 504].contains(status)
    }

    /// This error, with what the server asked for where that was too much.
    func noting(_ wish: Duration?) -> RegistryError {
        guard let wish, wish > RetryPolicy.greatestWait else { return self }
        var error = self
        error.hint = "the registry asks to be left alone for \(wish.components.seconds) s"
        return error
    }
}
