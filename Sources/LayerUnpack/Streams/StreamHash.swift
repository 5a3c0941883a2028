// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Crypto
internal import OCISpec

/// A running digest of one of the algorithms that OCI registers.
enum StreamHash {
    case sha256(SHA256)
    case sha512(SHA512)

    init(_ algorithm: OCISpec.Digest.Algorithm) {
        switch algorithm {
        case .sha256: self = .sha256(SHA256())
        case .sha512: self = .sha512(SHA512())
        }
    }

    mutating func update(_ bytes: [UInt8]) { unsafe bytes.withUnsafeBytes { unsafe update($0) } }

    @unsafe mutating func update(_ bytes: UnsafeRawBufferPointer) {
        switch self {
        case .sha256(var hash):
            unsafe hash.update(bufferPointer: bytes)
            self = .sha256(hash)
        case .sha512(var hash):
            unsafe hash.update(bufferPointer: bytes)
            self = .sha512(hash)
        }
    }

    /// The digest of everything so far.
    func finalize() -> OCISpec.Digest {
        do throws(FormatError) {
            switch self {
            case .sha256(let hash): return try OCISpec.Digest(algorithm: .sha256, hash: Array(hash.finalize()))
            case .sha512(let hash): return try OCISpec.Digest(algorithm: .sha512, hash: Array(hash.finalize()))
            }
        } catch {
            preconditionFailure("a hash has the length of its algorithm")
        }
    }
}
