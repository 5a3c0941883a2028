// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RegistryClient
internal import RuntimeCore

/// How a registry is reached, for the commands that speak to one.
struct RegistryFlags: ParsableArguments {
    @Flag(
        name: .customLong("tls-verify"),
        inversion: .prefixedNo,
        help: "Check the registry's certificate (--tls-verify=false: no check, or no TLS at all)."
    )
    var verifiesTLS = true

    @Option(
        name: .customLong("creds"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "User and password; others can see them in the list of processes.",
            valueName: "user[:password]"
        )
    )
    var credentials: String?

    @Option(
        name: .customLong("authfile"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "File of logins; by default $REGISTRY_AUTH_FILE, else podman's and docker's files.",
            valueName: "file"
        )
    )
    var authenticationFile: String?

    @Option(
        name: .customLong("cert-dir"),
        parsing: .unconditional,
        help: ArgumentHelp("Directory of certificates: *.crt, and *.cert with *.key.", valueName: "dir")
    )
    var certificates: String?

    /// A client of the registry `name`.
    ///
    /// - Parameters:
    ///   - name: Host and port, as in references.
    ///   - credential: What to log in with, in place of what is stored.
    ///   - mirrors: Registries that are asked first.
    /// - Returns: The client; nothing was sent yet.
    /// - Throws: ``Failure`` or `TransportError` for settings that cannot be used.
    func registry(_ name: String, credential: Credential? = nil, mirrors: [String] = []) throws -> Registry {
        var configuration = RegistryConfiguration(
            proxies: try ProxySettings(environment: HostEnvironment.variables),
            // Somebody sits before the terminal.
            retries: RetryPolicy(attempts: 4),
            userAgent: "skiff/\(Version.number)"
        )
        for host in [name] + mirrors { configuration.hosts[host] = try settings(of: host) }
        if !mirrors.isEmpty { configuration.mirrors[name] = mirrors }
        let source: CredentialSource
        if let credential = try credential ?? given() {
            source = .fixed([name: credential])
        } else {
            source = .store(CredentialStore(locations))
        }
        return Registry(name, configuration: configuration, credentials: source, transport: HTTPTransport())
    }

    /// Where logins are looked for and kept.
    var locations: CredentialLocations {
        var variables = HostEnvironment.variables
        if let authenticationFile { variables["REGISTRY_AUTH_FILE"] = authenticationFile }
        return CredentialLocations(environment: variables, userID: HostUser.number)
    }

    private func given() throws -> Credential? {
        guard let credentials else { return nil }
        let parts = credentials.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let user = parts.first, !user.isEmpty else { throw Failure("--creds: no user name") }
        let password = parts.count > 1 ? parts[1] : try Prompt.secret("Password: ")
        return .password(name: user, password: password)
    }

    private func settings(of name: String) throws -> RegistryConfiguration.Host {
        RegistryConfiguration.Host(
            security: verifiesTLS ? .verified : .unverified,
            tls: try CertificateDirectory.settings(of: name, in: certificates)
        )
    }
}
