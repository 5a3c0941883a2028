// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// How registries are reached, for all of them and for each.
public struct RegistryConfiguration: Sendable {
    /// How one host is reached.
    public struct Host: Hashable, Sendable {
        /// Whether the host is spoken to over TLS.
        public enum Security: Hashable, Sendable {
            /// Over TLS with a checked certificate. A host on this very machine that speaks no TLS is spoken to in the
            /// clear.
            case verified
            /// Over TLS without a look at the certificate, or in the clear if the host speaks no TLS. Whoever sits
            /// between can read and change everything, credentials included.
            case unverified
            /// In the clear.
            case plain
        }

        /// Whether the host is spoken to over TLS.
        public var security: Security
        /// How its certificate is checked, and which one is shown to it.
        public var tls: TLSSettings
        /// Hosts of token servers that may get the credentials of this one although they are of another domain.
        public var trustedRealms: Set<String>

        /// Creates settings.
        ///
        /// - Parameters:
        ///   - security: Whether the host is spoken to over TLS.
        ///   - tls: How its certificate is checked.
        ///   - trustedRealms: Hosts of token servers that may get its credentials.
        public init(security: Security = .verified, tls: TLSSettings = TLSSettings(), trustedRealms: Set<String> = []) {
            self.security = security
            self.tls = tls
            self.trustedRealms = trustedRealms
        }
    }

    /// Settings of hosts that differ from the default, by host and port as in a reference.
    public var hosts: [String: Host]
    /// Registries, by host and port, that hold copies of what another one has; asked first, in order, for pulling only.
    public var mirrors: [String: [String]]
    /// The proxies.
    public var proxies: ProxySettings
    /// How often and when failed requests are repeated.
    public var retries: RetryPolicy
    /// Time for a connection to come about.
    public var connectTimeout: Duration
    /// Time that may pass without a byte of progress.
    public var idleTimeout: Duration
    /// Bytes that must arrive within each ``idleTimeout`` while a body is read, its last part excepted. There is no
    /// limit on the whole.
    public var minimumProgress: Int
    /// How many blobs are transferred at a time.
    public var parallelTransfers: Int
    /// What the client calls itself.
    public var userAgent: String

    /// Creates a configuration.
    ///
    /// - Parameters:
    ///   - hosts: Settings of hosts that differ from the default.
    ///   - mirrors: Registries that hold copies of what another one has.
    ///   - proxies: The proxies.
    ///   - retries: How often and when failed requests are repeated.
    ///   - connectTimeout: Time for a connection to come about.
    ///   - idleTimeout: Time that may pass without a byte of progress.
    ///   - minimumProgress: Bytes that must arrive within each `idleTimeout` while a body is read.
    ///   - parallelTransfers: How many blobs are transferred at a time; 1 at least.
    ///   - userAgent: What the client calls itself.
    public init(
        hosts: [String: Host] = [:],
        mirrors: [String: [String]] = [:],
        proxies: ProxySettings = .none,
        retries: RetryPolicy = RetryPolicy(),
        connectTimeout: Duration = .seconds(15),
        idleTimeout: Duration = .seconds(30),
        minimumProgress: Int = 4096,
        parallelTransfers: Int = 3,
        userAgent: String = "skiff"
    ) {
        self.hosts = hosts
        self.mirrors = mirrors
        self.proxies = proxies
        self.retries = retries
        self.connectTimeout = connectTimeout
        self.idleTimeout = idleTimeout
        self.minimumProgress = minimumProgress
        self.parallelTransfers = max(1, parallelTransfers)
        self.userAgent = userAgent
    }
}
