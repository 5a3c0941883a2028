// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

#if Registry

internal import NIOSSL
internal import SystemPackage

extension TLSConfiguration {
    /// The library's settings for ours: TLS 1.2 and later.
    init(_ settings: TLSSettings) throws(TransportError) {
        self = TLSConfiguration.makeClientConfiguration()
        minimumTLSVersion = .tlsv12
        switch settings.verification {
        case .full: certificateVerification = .fullVerification
        case .none: certificateVerification = .none
        }
        for file in settings.authorities {
            do { additionalTrustRoots.append(.certificates(try NIOSSLCertificate.fromPEMFile(file.string))) } catch {
                throw TransportError(.configuration, "certificates of authorities in \(file): \(error)")
            }
        }
        guard let client = settings.client else { return }
        do {
            certificateChain = try NIOSSLCertificate.fromPEMFile(client.certificate.string).map { .certificate($0) }
            privateKey = .privateKey(try NIOSSLPrivateKey(file: client.key.string, format: .pem))
        } catch {
            throw TransportError(
                .configuration,
                "client certificate \(client.certificate) with \(client.key): \(error)"
            )
        }
    }
}

#endif
