// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Crypto

/// A running digest of one of the algorithms that OCI registers.
enum StreamHash {
    case sha256(SHA256)
    case sha512(SHA512)

    static var newSHA256: StreamHash { .sha256(SHA256()) }
    static var newSHA512: StreamHash { .sha512(SHA512()) }

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
    func finalize() -> [UInt8] {
        switch self {
        case .sha256(let hash): Array(hash.finalize())
        case .sha512(let hash): Array(hash.finalize())
        }
    }
}
