// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The type of a blob, for example `application/vnd.oci.image.manifest.v1+json`. Types that are not known are kept.
///
/// Specification: OCI image-spec 1.1, media-types.md.
public struct MediaType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// What a blob of some type is.
    public enum Kind: Hashable, Sendable {
        /// A list of manifests: ``ImageIndex``.
        case index
        /// A manifest: ``ImageManifest``.
        case manifest
        /// The configuration of an image: ``ImageConfiguration``.
        case configuration
        /// A layer of an image, an archive in the format of tar.
        case layer(Compression)
        /// A layer that must not be uploaded to other registries, and often has to be fetched from its `urls`.
        case nondistributableLayer(Compression)
        /// The document `{}`, which stands where an artifact has no configuration.
        case empty
        /// A manifest of docker's first format, which carries no usable digests. It is refused.
        case schema1
        /// Anything else.
        case other
    }

    /// How a layer is compressed.
    public enum Compression: Hashable, Sendable {
        /// Not at all.
        case none
        /// As RFC 1952 has it.
        case gzip
        /// As RFC 8878 has it.
        case zstd
    }

    /// The text.
    public let rawValue: String

    /// Creates a media type from its text, which is not checked; see ``isWellFormed``.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The text.
    public var description: String { rawValue }

    /// Whether the text is `type/subtype` as RFC 6838, section 4.2 has it, without parameters.
    public var isWellFormed: Bool {
        let parts = rawValue.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.count == 2
            && parts.allSatisfy { part in
                guard let first = part.first, part.count <= 127 else { return false }
                return Bytes.isAlphanumeric(first)
                    && part.allSatisfy { Bytes.isAlphanumeric($0) || "!#$&-^_.+".utf8.contains($0) }
            }
    }

    /// An OCI image index.
    public static let imageIndex = MediaType(rawValue: "application/vnd.oci.image.index.v1+json")
    /// An OCI image manifest.
    public static let imageManifest = MediaType(rawValue: "application/vnd.oci.image.manifest.v1+json")
    /// An OCI image configuration.
    public static let imageConfiguration = MediaType(rawValue: "application/vnd.oci.image.config.v1+json")
    /// The OCI layout marker `oci-layout`.
    public static let imageLayout = MediaType(rawValue: "application/vnd.oci.layout.header.v1+json")
    /// The document `{}`.
    public static let empty = MediaType(rawValue: "application/vnd.oci.empty.v1+json")
    /// An OCI layer without compression.
    public static let layer = MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar")
    /// An OCI layer, compressed by gzip.
    public static let layerGzip = MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar+gzip")
    /// An OCI layer, compressed by zstd.
    public static let layerZstd = MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar+zstd")
    /// Deprecated. An OCI layer that must not be uploaded elsewhere.
    public static let nondistributableLayer = MediaType(
        rawValue: "application/vnd.oci.image.layer.nondistributable.v1.tar"
    )
    /// Deprecated. An OCI layer that must not be uploaded elsewhere, compressed by gzip.
    public static let nondistributableLayerGzip = MediaType(
        rawValue: "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"
    )
    /// Deprecated. An OCI layer that must not be uploaded elsewhere, compressed by zstd.
    public static let nondistributableLayerZstd = MediaType(
        rawValue: "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd"
    )
    /// Docker's list of manifests.
    public static let dockerManifestList = MediaType(
        rawValue: "application/vnd.docker.distribution.manifest.list.v2+json"
    )
    /// Docker's manifest.
    public static let dockerManifest = MediaType(rawValue: "application/vnd.docker.distribution.manifest.v2+json")
    /// Docker's image configuration.
    public static let dockerImageConfiguration = MediaType(rawValue: "application/vnd.docker.container.image.v1+json")
    /// Docker's layer, without compression.
    public static let dockerLayer = MediaType(rawValue: "application/vnd.docker.image.rootfs.diff.tar")
    /// Docker's layer, compressed by gzip.
    public static let dockerLayerGzip = MediaType(rawValue: "application/vnd.docker.image.rootfs.diff.tar.gzip")
    /// Docker's layer, compressed by zstd.
    public static let dockerLayerZstd = MediaType(rawValue: "application/vnd.docker.image.rootfs.diff.tar.zstd")
    /// Docker's layer that must not be uploaded elsewhere, without compression.
    public static let dockerForeignLayer = MediaType(rawValue: "application/vnd.docker.image.rootfs.foreign.diff.tar")
    /// Docker's layer that must not be uploaded elsewhere, compressed by gzip.
    public static let dockerForeignLayerGzip = MediaType(
        rawValue: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
    )
    /// Docker's first manifest format.
    public static let dockerSchema1 = MediaType(rawValue: "application/vnd.docker.distribution.manifest.v1+json")
    /// Docker's first manifest format, signed.
    public static let dockerSchema1Signed = MediaType(
        rawValue: "application/vnd.docker.distribution.manifest.v1+prettyjws"
    )

    /// What a blob of this type is. Only exact names count; case matters.
    public var kind: Kind {
        switch self {
        case .imageIndex, .dockerManifestList: .index
        case .imageManifest, .dockerManifest: .manifest
        case .imageConfiguration, .dockerImageConfiguration: .configuration
        case .layer, .dockerLayer: .layer(.none)
        case .layerGzip, .dockerLayerGzip: .layer(.gzip)
        case .layerZstd, .dockerLayerZstd: .layer(.zstd)
        case .nondistributableLayer, .dockerForeignLayer: .nondistributableLayer(.none)
        case .nondistributableLayerGzip, .dockerForeignLayerGzip: .nondistributableLayer(.gzip)
        case .nondistributableLayerZstd: .nondistributableLayer(.zstd)
        case .empty: .empty
        case .dockerSchema1, .dockerSchema1Signed: .schema1
        default: .other
        }
    }

    /// How a layer of this type is compressed; `nil` if the type is none of a layer.
    public var layerCompression: Compression? {
        switch kind {
        case .layer(let compression), .nondistributableLayer(let compression): compression
        default: nil
        }
    }
}

extension MediaType: JSONRepresentable, Codable {
    /// Reads a media type that is well-formed.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        let offset = reader.offset
        self.init(rawValue: try reader.readString())
        guard isWellFormed else {
            throw JSONError(
                .invalidValue,
                offset: offset,
                detail: "\"\(JSONError.excerpt(rawValue.utf8))\" is no media type as RFC 6838 defines it"
            )
        }
    }
}
