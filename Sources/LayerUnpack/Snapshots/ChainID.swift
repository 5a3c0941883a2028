// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// The identity of a stack of layers: what its lowest layers are, and in which order.
///
/// - SeeAlso: OCI image-spec, config.md, "Layer ChainID".
public struct ChainID: Hashable, Sendable, CustomStringConvertible {
    /// The identity as a digest; for a single layer it is the layer's diffID.
    public let digest: Digest

    /// The identities of a stack's lowest layer, of its lowest two, and so on.
    ///
    /// - Parameter diffIDs: The layers' diffIDs, the lowest first.
    /// - Returns: One identity for each layer, in the same order.
    public static func chain(of diffIDs: [Digest]) -> [ChainID] {
        var chain: [ChainID] = []
        for diffID in diffIDs {
            chain.append(chain.last.map { ChainID(adding: diffID, to: $0) } ?? ChainID(digest: diffID))
        }
        return chain
    }

    private init(digest: Digest) { self.digest = digest }

    /// `sha256(LOWER " " DIFFID)`, both in their textual form.
    private init(adding diffID: Digest, to lower: ChainID) {
        var hash = StreamHash(.sha256)
        hash.update(Array("\(lower.digest) \(diffID)".utf8))
        digest = hash.finalize()
    }

    /// The digest in the form `algorithm:digits`.
    public var description: String { digest.description }

    /// The identity that a directory is named by; `nil` for another name.
    init?(directoryName: [UInt8]) {
        let parts = directoryName.split(separator: UInt8(ascii: "-"), maxSplits: 1)
        guard parts.count == 2, let digest = try? Digest(bytes: parts[0] + [UInt8(ascii: ":")] + parts[1]) else {
            return nil
        }
        self.digest = digest
    }

    /// The identity as a name of a directory; a colon would separate layers in overlayfs' options.
    var directoryName: [UInt8] { Array("\(digest.algorithm.rawValue)-\(digest.encoded)".utf8) }
}
