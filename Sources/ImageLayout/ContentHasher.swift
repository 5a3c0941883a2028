// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Crypto
internal import OCISpec

/// Computes the digest of content that arrives in pieces.
struct ContentHasher: Sendable {
    // Two optionals and no enum: the states are updated in place and never copied.
    private var sha256: SHA256?
    private var sha512: SHA512?

    init(_ algorithm: OCISpec.Digest.Algorithm) {
        switch algorithm {
        case .sha256: sha256 = SHA256()
        case .sha512: sha512 = SHA512()
        }
    }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        unsafe sha256?.update(bufferPointer: bytes)
        unsafe sha512?.update(bufferPointer: bytes)
    }

    /// The digest of what was given so far.
    func digest() -> OCISpec.Digest {
        do throws(FormatError) {
            if let sha512 { return try OCISpec.Digest(algorithm: .sha512, hash: Array(sha512.finalize())) }
            return try OCISpec.Digest(algorithm: .sha256, hash: Array((sha256 ?? SHA256()).finalize()))
        } catch {
            preconditionFailure("a hash has the length of its algorithm")
        }
    }

    /// The digest of `bytes`.
    static func digest(of bytes: [UInt8], _ algorithm: OCISpec.Digest.Algorithm = .sha256) -> OCISpec.Digest {
        var hasher = ContentHasher(algorithm)
        unsafe bytes.withUnsafeBytes { unsafe hasher.update($0) }
        return hasher.digest()
    }
}
