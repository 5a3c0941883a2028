// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// One repository of a registry.
public struct Repository: Sendable {
    /// The registry.
    public let registry: Registry
    /// The name within the registry, for example `library/alpine`.
    public let name: String

    /// Creates the value. Nothing is sent.
    ///
    /// - Parameters:
    ///   - reference: A reference to something in the repository.
    ///   - registry: The registry, which must be that of the reference.
    /// - Throws: ``RegistryError``: `configuration` if it is not.
    public init(_ reference: Reference, in registry: Registry) throws(RegistryError) {
        guard reference.registry == registry.name else {
            throw RegistryError(
                .configuration,
                .ping,
                .init(registry: registry.name),
                "the reference is to \(reference.registry)"
            )
        }
        self.registry = registry
        name = reference.repository
    }

    init(name: String, registry: Registry) {
        self.name = name
        self.registry = registry
    }

    /// A request about this repository.
    ///
    /// - Parameters:
    ///   - step: What it is for.
    ///   - method: The method.
    ///   - path: What follows the repository's name, for example `manifests/latest`.
    ///   - reference: The tag or digest that it is about.
    ///   - actions: What a token must allow.
    ///   - accepted: The statuses that are no failure.
    /// - Returns: The request.
    func call(
        _ step: RegistryError.Step,
        _ method: TransportRequest.Method,
        _ path: String,
        reference: String? = nil,
        _ actions: Set<TokenScope.Action> = [.pull],
        accepted: Set<Int>
    ) -> RegistryCall {
        RegistryCall(
            step: step,
            subject: subject(reference),
            method: method,
            path: "/v2/\(name)/\(path)",
            scopes: [TokenScope(name, actions)],
            accepted: accepted
        )
    }

    func subject(_ reference: String? = nil) -> RegistryError.Subject {
        .init(registry: registry.name, repository: name, reference: reference)
    }
}
