// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// placeholder until OCISpec's Digest lands
public struct LayerDigest: Hashable, Sendable {
    public let isSHA512: Bool
    public let bytes: [UInt8]
    public init(sha256: [UInt8]) { isSHA512 = false; bytes = sha256 }
    func startHash() -> StreamHash { isSHA512 ? .newSHA512 : .newSHA256 }
    func matches(_ other: [UInt8]) -> Bool { bytes == other }
    var text: String { describe(bytes) }
    func describe(_ b: [UInt8]) -> String {
        (isSHA512 ? "sha512:" : "sha256:") + b.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
