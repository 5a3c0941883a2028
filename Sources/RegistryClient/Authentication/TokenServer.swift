// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The server that a registry's challenge names, asked for a token.
///
/// - SeeAlso: docker's token authentication specification, and its OAuth 2.0 part.
struct TokenServer: Sendable {
    private let exchanger: Exchanger
    private let answer: RegistryAnswer

    init(exchanger: Exchanger, answer: RegistryAnswer) {
        self.exchanger = exchanger
        self.answer = answer
    }

    /// Obtains a token that allows what the registry's request needs, and nothing else: the scope that the challenge
    /// names is not asked for.
    func token(
        for challenge: AuthenticationChallenge,
        _ credential: Credential?
    ) async throws(RegistryError) -> AccessToken {
        let realm = try realm(of: challenge)
        let endpoint = Endpoint(
            registry: answer.endpoint.registry,
            origin: realm.origin,
            tls: realm.origin.host == answer.endpoint.origin.host
                ? answer.endpoint.tls : exchanger.configuration.hosts[realm.origin.authority]?.tls ?? TLSSettings(),
            trustedRealms: [],
            mirrored: nil
        )
        try await checkAddress(of: realm)
        var items: [(String, String)] = []
        if let service = challenge["service"] { items.append(("service", service)) }
        if case .identityToken(let token) = credential {
            let scope = answer.call.scopes.map(\.description).joined(separator: " ")
            items += [("grant_type", "refresh_token"), ("client_id", "skiff"), ("refresh_token", token)]
            if !scope.isEmpty { items.append(("scope", scope)) }
            return try await read(try await post(items, to: realm, endpoint))
        }
        items += answer.call.scopes.map { ("scope", $0.description) }
        if let name = credential?.name, !name.isEmpty { items.append(("account", name)) }
        let call = call(.get, realm, query: items)
        let response = try await exchanger.send(call, to: endpoint, authorization: credential?.basic)
        guard response.status == 200 else { throw await refusal(response) }
        return try await read(response)
    }

    private func realm(of challenge: AuthenticationChallenge) throws(RegistryError) -> RegistryURL {
        guard let text = challenge["realm"] else {
            throw error(.invalidResponse, "the registry names no token server")
        }
        let realm: RegistryURL
        do throws(RegistryURL.Problem) { realm = try RegistryURL(text) } catch {
            throw self.error(
                .realmRefused,
                "the token server \"\(ASCII.excerpt(text, limit: 100))\": \(error.rawValue)"
            )
        }
        let problem = RealmPolicy.problem(
            with: realm.origin,
            for: answer.url.origin,
            trusted: answer.endpoint.trustedRealms
        )
        if let problem {
            throw error(
                .realmRefused,
                "the token server \(realm.origin): \(problem)",
                hint: "if it is the registry's, name its host among the trusted realms"
            )
        }
        return realm
    }

    /// The realm's host may have another address than the registry's: one that only this network reaches is refused.
    private func checkAddress(of realm: RegistryURL) async throws(RegistryError) {
        do {
            _ = try await AddressGuard(transport: exchanger.transport, proxies: exchanger.configuration.proxies)
                .address(for: realm.origin, from: answer.endpoint)
        } catch let refusal as AddressGuard.Refusal {
            throw error(.realmRefused, "the token server \(realm.origin) has a \(refusal.reach.rawValue) address")
        } catch let error as TransportError {
            throw RegistryError(error, call(.get, realm))
        } catch {
            throw self.error(.cancelled, "")
        }
    }

    private func post(
        _ items: [(String, String)],
        to realm: RegistryURL,
        _ endpoint: Endpoint
    ) async throws(RegistryError) -> RegistryAnswer {
        var call = call(.post, realm)
        call.headers.append("Content-Type", "application/x-www-form-urlencoded")
        call.body = .bytes(Array(RegistryURL.form(items).utf8))
        let response = try await exchanger.send(call, to: endpoint, authorization: nil)
        guard response.status == 200 else { throw await refusal(response) }
        return response
    }

    private func read(_ response: RegistryAnswer) async throws(RegistryError) -> AccessToken {
        let body = try await response.body(limit: AccessToken.limit)
        do throws(AccessToken.Problem) { return try AccessToken(body) } catch {
            throw self.error(.invalidResponse, error.detail)
        }
    }

    private func refusal(_ response: RegistryAnswer) async -> RegistryError {
        await response.failure()
    }

    private func call(
        _ method: TransportRequest.Method,
        _ realm: RegistryURL,
        query: [(String, String)] = []
    ) -> RegistryCall {
        RegistryCall(
            step: .token,
            subject: answer.call.subject,
            method: method,
            query: query,
            location: realm,
            headers: HTTPHeaders([("Accept", "application/json")]),
            scopes: [],
            accepted: [200]
        )
    }

    private func error(_ code: RegistryError.Code, _ detail: String, hint: String? = nil) -> RegistryError {
        RegistryError(code, .token, answer.call.subject, detail, hint: hint)
    }
}
