// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Crypto
public import OCISpec

/// A manifest or an index as a registry has it.
public struct FetchedManifest: Hashable, Sendable {
    /// Its type, digest and size. The digest was computed from ``bytes``.
    public let descriptor: Descriptor
    /// The document, byte by byte.
    public let bytes: [UInt8]
}

extension Repository {
    /// The types of document that this client reads; the best first.
    static let documents: [MediaType] = [.imageIndex, .imageManifest, .dockerManifestList, .dockerManifest]

    /// Fetches a manifest or an index.
    ///
    /// - Parameters:
    ///   - selector: A tag or a digest.
    ///   - expected: What an index says of it, if it comes from one.
    /// - Returns: The document. Its digest is the one asked for, and it is of the type that the registry says.
    /// - Throws: ``RegistryError``: `notFound`, `digestMismatch`, `sizeMismatch`, `unsupportedMediaType`,
    ///   `invalidDocument`, `limitExceeded`, and whatever keeps the registry from answering.
    /// - SeeAlso: OCI distribution-spec 1.1, "Pulling manifests" (end-3).
    public func manifest(
        _ selector: String,
        expecting expected: Descriptor? = nil
    ) async throws(RegistryError) -> FetchedManifest {
        var call = call(.manifest, .get, "manifests/\(selector)", reference: selector, accepted: [200])
        call.usesMirrors = true
        for type in Self.documents { call.headers.append("Accept", type.rawValue) }
        let answer = try await registry.perform(call)
        let body = try await answer.body(limit: RegistryLimits.document)
        let fail = { (code: RegistryError.Code, detail: String) in
            RegistryError(code, .manifest, self.subject(selector), detail, status: answer.status)
        }
        let type = try mediaType(of: answer)
        if let expected {
            guard Int64(body.count) == expected.size else {
                throw fail(.sizeMismatch, "its descriptor says \(expected.size) bytes, it has \(body.count)")
            }
            guard type == expected.mediaType else {
                throw fail(.unsupportedMediaType, "its descriptor says \(expected.mediaType), the registry \(type)")
            }
        }
        let wanted = expected?.digest ?? (try? OCISpec.Digest(selector))
        let digest = Self.digest(of: body, wanted?.algorithm ?? .sha256)
        if let wanted, wanted != digest { throw fail(.digestMismatch, "its content has the digest \(digest)") }
        if let header = answer.headers["Docker-Content-Digest"] {
            let claimed: OCISpec.Digest
            do throws(FormatError) { claimed = try OCISpec.Digest(header) } catch {
                throw fail(.invalidResponse, "Docker-Content-Digest: \(error)")
            }
            guard claimed.algorithm != digest.algorithm || claimed == digest else {
                throw fail(.digestMismatch, "the registry says \(claimed), its content has the digest \(digest)")
            }
        }
        try check(body, type, selector)
        return FetchedManifest(
            descriptor: Descriptor(mediaType: type, digest: digest, size: Int64(body.count)),
            bytes: body
        )
    }

    /// The type that the registry says, without parameters.
    private func mediaType(of answer: RegistryAnswer) throws(RegistryError) -> MediaType {
        let text = answer.headers["Content-Type"] ?? ""
        let bare = ASCII.trimmed(text.utf8.prefix { $0 != UInt8(ascii: ";") }.map { $0 })
        let type = MediaType(rawValue: ASCII.lowercased(String(decoding: bare, as: UTF8.self)))
        if Self.documents.contains(type) { return type }
        let isOld = type.kind == .schema1
        throw RegistryError(
            .unsupportedMediaType,
            .manifest,
            answer.call.subject,
            text.isEmpty
                ? "the registry does not say of which type it is" : "it is of type \(ASCII.excerpt(text, limit: 120))",
            hint: isOld ? "docker's schema 1 is refused; the image must be pushed anew" : nil
        )
    }

    /// Reads the document, which must be of its type and nothing else as well.
    private func check(_ body: [UInt8], _ type: MediaType, _ selector: String) throws(RegistryError) {
        do throws(JSONError) {
            if type.kind == .index {
                _ = try ImageIndex(json: body, mediaType: type)
            } else {
                _ = try ImageManifest(json: body, mediaType: type)
            }
        } catch {
            let code: RegistryError.Code =
                error.code == .tooLarge || error.code == .tooManyItems ? .limitExceeded : .invalidDocument
            throw RegistryError(code, .manifest, subject(selector), cause: .document(error))
        }
    }

    /// The digest of `bytes`.
    static func digest(of bytes: [UInt8], _ algorithm: OCISpec.Digest.Algorithm = .sha256) -> OCISpec.Digest {
        do throws(FormatError) {
            switch algorithm {
            case .sha256: return try OCISpec.Digest(algorithm: .sha256, hash: Array(SHA256.hash(data: bytes)))
            case .sha512: return try OCISpec.Digest(algorithm: .sha512, hash: Array(SHA512.hash(data: bytes)))
            }
        } catch {
            preconditionFailure("a hash has the length of its algorithm")
        }
    }
}
