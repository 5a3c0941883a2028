// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Which token server a registry may send its users to.
enum RealmPolicy {
    /// Checks the realm of a challenge.
    ///
    /// A token server gets credentials, so it must be the registry's own host or one of the same domain, or be named in
    /// the configuration; and be spoken to over TLS, unless the registry itself, on the same host, is not.
    ///
    /// - Parameters:
    ///   - realm: The token server.
    ///   - registry: The origin that sent the challenge.
    ///   - trusted: Hosts of token servers that the configuration allows.
    /// - Returns: What is wrong with it; `nil` if nothing is.
    static func problem(
        with realm: RegistryURL.Origin,
        for registry: RegistryURL.Origin,
        trusted: Set<String>
    ) -> String? {
        if realm.scheme == .http, registry.scheme == .https || realm.host != registry.host {
            return "it would be spoken to without TLS"
        }
        if realm.host == registry.host || trusted.contains(realm.host) { return nil }
        guard let ours = domain(of: registry), let theirs = domain(of: realm), ours == theirs else {
            return "it belongs to another domain than the registry"
        }
        return nil
    }

    /// The last two labels of a host's name, three where the last two look like a suffix under which anyone registers,
    /// such as `co.uk`; `nil` for addresses and single names.
    static func domain(of origin: RegistryURL.Origin) -> String? {
        guard origin.address == nil else { return nil }
        let labels = origin.host.split(separator: ".").map(String.init)
        guard labels.count >= 2 else { return nil }
        let isShared =
            labels[labels.count - 1].utf8.count == 2
            && ["ac", "co", "com", "edu", "gov", "gob", "go", "mil", "ne", "net", "nom", "or", "org"]
                .contains(labels[labels.count - 2])
        let count = isShared ? 3 : 2
        guard labels.count >= count else { return nil }
        return labels.suffix(count).joined(separator: ".")
    }
}
