// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import SystemPackage

/// How the certificate of a host is checked, and which one is shown to it.
public struct TLSSettings: Hashable, Sendable {
    /// How the host's certificate is checked.
    public enum Verification: Hashable, Sendable {
        /// Its name and its chain, up to the system's authorities and those of ``TLSSettings/authorities``.
        case full
        /// Not at all. Whoever sits between can read and change everything, credentials included.
        case none
    }

    /// A certificate of one's own and its key.
    public struct ClientCertificate: Hashable, Sendable {
        /// The chain, in PEM.
        public var certificate: FilePath
        /// The private key, in PEM without password.
        public var key: FilePath

        /// Creates the value.
        public init(certificate: FilePath, key: FilePath) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// How the host's certificate is checked.
    public var verification: Verification
    /// Files of certificates, in PEM, of authorities that are trusted besides the system's.
    public var authorities: [FilePath]
    /// What is shown to the host if it asks.
    public var client: ClientCertificate?

    /// Creates settings.
    ///
    /// - Parameters:
    ///   - verification: How the host's certificate is checked.
    ///   - authorities: Files of further authorities.
    ///   - client: What is shown to the host.
    public init(
        verification: Verification = .full,
        authorities: [FilePath] = [],
        client: ClientCertificate? = nil
    ) {
        self.verification = verification
        self.authorities = authorities
        self.client = client
    }

    /// The settings of containers-certs.d(5) and of docker: `*.crt` are authorities, `NAME.cert` and `NAME.key` one's
    /// own.
    ///
    /// - Parameters:
    ///   - directory: The directory of one registry, for example `/etc/docker/certs.d/localhost:5000`.
    ///   - names: The names of the files in it.
    /// - Returns: The settings; `nil` if no file counts.
    public static func certificates(in directory: FilePath, _ names: [String]) -> TLSSettings? {
        let files = names.sorted()
        let authorities = files.filter { $0.hasSuffix(".crt") }.map { directory.appending($0) }
        let own = files.first { $0.hasSuffix(".cert") && files.contains("\($0.dropLast(5)).key") }
        let client = own.map {
            ClientCertificate(certificate: directory.appending($0), key: directory.appending("\($0.dropLast(5)).key"))
        }
        return authorities.isEmpty && client == nil ? nil : TLSSettings(authorities: authorities, client: client)
    }
}
