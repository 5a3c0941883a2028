// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A server that a registry's requests go to: the registry itself or a mirror.
struct Endpoint: Hashable, Sendable {
    /// How references and credentials name it.
    let registry: String
    /// Where it is.
    let origin: RegistryURL.Origin
    /// How its certificate is checked.
    let tls: TLSSettings
    /// Hosts of token servers that may get its credentials.
    let trustedRealms: Set<String>
    /// The registry that this one mirrors; `nil` for the registry itself.
    let mirrored: String?

    /// Where docker's registry really is.
    static func host(of registry: String) -> String { registry == "docker.io" ? "registry-1.docker.io" : registry }
}
