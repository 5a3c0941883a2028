// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Where the credentials of registries come from.
public enum CredentialSource: Sendable {
    /// Nowhere: registries are used without.
    case none
    /// For each registry, by its name in references, one given here.
    case fixed([String: Credential])
    /// From the files and helpers of the machine.
    case store(CredentialStore)

    func credential(for registry: String, repository: String?) async throws(RegistryError) -> Credential? {
        switch self {
        case .none: nil
        case .fixed(let credentials): credentials[registry]
        case .store(let store): try await store.credential(for: registry, repository: repository)
        }
    }
}
