// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Synchronization

/// Answers the challenges of one registry's servers, and remembers what worked.
final class Authorizer: Sendable {
    /// What proves a right: for which server, which repository, which actions.
    private struct Key: Hashable {
        let origin: RegistryURL.Origin
        let scopes: [TokenScope]
    }

    private enum Known {
        case basic(String)
        case bearer(String, until: Duration)
    }

    private let exchanger: Exchanger
    private let credentials: CredentialSource
    private let known = Mutex<[Key: Known]>([:])

    init(_ exchanger: Exchanger, _ credentials: CredentialSource) {
        self.exchanger = exchanger
        self.credentials = credentials
    }

    /// The value of `Authorization` that the server took before and that should still be good; `nil` if there is none.
    func authorization(for endpoint: Endpoint, _ scopes: [TokenScope]) -> String? {
        let now = exchanger.pacer.now()
        let key = Key(origin: endpoint.origin, scopes: scopes)
        return known.withLock { known in
            switch known[key] {
            case .basic(let value): return value
            case .bearer(let token, let end):
                if now < end { return "Bearer \(token)" }
                known[key] = nil
                return nil
            case nil: return nil
            }
        }
    }

    /// Answers the challenges in `answer`, whose status is 401.
    ///
    /// - Returns: The value of `Authorization` for another try; `nil` if there is no credential to answer with.
    /// - Throws: ``RegistryError``: `realmRefused`, `unauthorized` if the token server refuses, `credentials`,
    ///   `invalidResponse`, or what keeps the token server from answering.
    func answer(_ answer: RegistryAnswer) async throws(RegistryError) -> String? {
        let endpoint = answer.endpoint
        let key = Key(origin: endpoint.origin, scopes: answer.call.scopes)
        known.withLock { $0[key] = nil }
        let challenges = AuthenticationChallenge.read(answer.headers[all: "WWW-Authenticate"])
        let credential = try await credentials.credential(
            for: endpoint.registry,
            repository: endpoint.mirrored == nil ? answer.call.subject.repository : nil
        )
        if let challenge = challenges.first(where: { $0.scheme == "bearer" }) {
            if case .registryToken(let token) = credential { return "Bearer \(token)" }
            let server = TokenServer(exchanger: exchanger, answer: answer)
            let token = try await server.token(for: challenge, credential)
            let end = exchanger.pacer.now() + token.lifetime
            known.withLock { $0[key] = .bearer(token.value, until: end) }
            return "Bearer \(token.value)"
        }
        guard challenges.contains(where: { $0.scheme == "basic" }) else {
            throw RegistryError(
                .unauthorized,
                answer.call.step,
                answer.call.subject,
                "the registry asks for no kind of credential that is known",
                status: answer.status
            )
        }
        guard let credential else { return nil }
        guard let value = credential.basic else {
            throw RegistryError(
                .credentials,
                answer.call.step,
                answer.call.subject,
                "the registry asks for name and password, and what is stored is a token, or the name has a colon"
            )
        }
        known.withLock { $0[key] = .basic(value) }
        return value
    }
}
