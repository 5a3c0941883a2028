// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Why a request got no complete answer.
public struct TransportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What a program can branch on; cases may be added.
    @nonexhaustive public enum Code: String, Hashable, Sendable {
        /// The host's name has no address.
        case nameNotFound
        /// No connection came about.
        case connectionFailed
        /// The connection ended within the answer.
        case connectionLost
        /// The server's certificate is not accepted.
        case certificateRefused
        /// TLS failed otherwise; often the server speaks plain HTTP.
        case tlsFailed
        /// Nothing arrived for too long.
        case timedOut
        /// The answer is no HTTP, or more of it than allowed.
        case invalidResponse
        /// The proxy refuses.
        case proxyRefused
        /// A setting cannot be used: a certificate, a key, a proxy.
        case configuration
        /// The body of the request could not be read.
        case requestBody
        /// The task was cancelled.
        case cancelled
    }

    /// What went wrong.
    public let code: Code
    /// Details, in one line without secrets.
    public let detail: String

    /// Creates an error.
    ///
    /// - Parameters:
    ///   - code: What went wrong.
    ///   - detail: Details; control characters are escaped and long text is cut.
    public init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = ASCII.excerpt(detail, limit: 300)
    }

    /// The details, or the code where there are none.
    public var description: String { detail.isEmpty ? code.rawValue : detail }

    /// Whether the same request can succeed a moment later.
    var isTransient: Bool {
        switch code {
        case .nameNotFound, .connectionFailed, .connectionLost, .timedOut: true
        default: false
        }
    }
}
