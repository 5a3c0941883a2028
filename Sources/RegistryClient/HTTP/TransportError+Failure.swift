// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

#if Registry

internal import AsyncHTTPClient
internal import LinuxSystem
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import SystemPackage

extension TransportError {
    /// What an error of the libraries below means.
    init(failure error: any Error) {
        switch error {
        case let error as TransportError: self = error
        case is CancellationError: self.init(.cancelled, "cancelled")
        case let error as HTTPClientError: self.init(client: error)
        case let error as NIOConnectionError: self.init(connection: error)
        case let error as NIOSSLError: self.init(tls: error)
        case is NIOSSLExtraError: self.init(.certificateRefused, "\(error)")
        case let error as BoringSSLError: self.init(boring: error)
        case let error as HTTPParserError: self.init(parser: error)
        case let error as ChannelError: self.init(channel: error)
        case let error as IOError:
            self.init(
                error.errnoCode == Errno.connectionRefused.rawValue ? .connectionFailed : .connectionLost,
                Self.text(error)
            )
        default: self.init(.connectionLost, "\(error)")
        }
    }

    /// The error's number in words: NIO's own text names one of its functions, and calls all of them resets.
    private static func text(_ error: IOError) -> String { Errno(rawValue: error.errnoCode).symbolAndText }

    private init(client error: HTTPClientError) {
        switch error {
        case .cancelled, .requestStreamCancelled: self.init(.cancelled, "cancelled")
        case .connectTimeout, .tlsHandshakeTimeout, .httpProxyHandshakeTimeout, .getConnectionFromPoolTimeout:
            self.init(.connectionFailed, "no connection came about in time")
        case .readTimeout, .writeTimeout, .deadlineExceeded: self.init(.timedOut, "nothing moved for too long")
        case .remoteConnectionClosed: self.init(.connectionLost, "the connection was closed")
        case .proxyAuthenticationRequired: self.init(.proxyRefused, "the proxy wants credentials")
        case .invalidProxyResponse: self.init(.proxyRefused, "the proxy's answer is none")
        case .bodyLengthMismatch: self.init(.requestBody, "the body's length changed while it was sent")
        default: self.init(.invalidResponse, error.shortDescription)
        }
    }

    private init(parser error: HTTPParserError) {
        switch error {
        case .headerOverflow: self.init(.invalidResponse, "the answer's header is too large")
        default: self.init(.connectionLost, "the answer breaks off or is no HTTP: \(error)")
        }
    }

    private init(connection error: NIOConnectionError) {
        guard let first = error.connectionErrors.first?.error else {
            self.init(.nameNotFound, "no address for the name \(error.host)")
            return
        }
        let reason = (first as? IOError).map(Self.text) ?? "\(first)"
        self.init(.connectionFailed, "connect to \(error.host) port \(error.port): \(reason)")
    }

    private init(tls error: NIOSSLError) {
        switch error {
        case .handshakeFailed(let inner): self.init(boring: inner)
        case .uncleanShutdown: self.init(.connectionLost, "the connection ended without the end of TLS")
        case .unableToValidateCertificate: self.init(.certificateRefused, "the certificate cannot be checked")
        default: self.init(.tlsFailed, "\(error)")
        }
    }

    private init(boring error: BoringSSLError) {
        let text = "\(error)"
        // The library says so in words only.
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            self.init(.certificateRefused, "the server's certificate is not of an authority that is known")
        } else if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") {
            self.init(.tlsFailed, "the server speaks no TLS")
        } else {
            self.init(.tlsFailed, "TLS: \(text)")
        }
    }

    private init(channel error: ChannelError) {
        switch error {
        case .connectTimeout: self.init(.connectionFailed, "no connection came about in time")
        case .eof, .alreadyClosed, .ioOnClosedChannel, .inputClosed, .outputClosed:
            self.init(.connectionLost, "the connection was closed")
        default: self.init(.connectionLost, "\(error)")
        }
    }
}

#endif
