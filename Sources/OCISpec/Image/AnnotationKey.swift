// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Names of annotations that tools agree on.
///
/// Specification: OCI image-spec 1.1, annotations.md, section "Pre-Defined Annotation Keys".
public enum AnnotationKey {
    /// On a descriptor of an image layout's `index.json`: the name of the image, a reference or only a tag.
    public static let referenceName = "org.opencontainers.image.ref.name"
    /// On a descriptor of `index.json`, by containerd, buildkit and docker: the full reference.
    public static let containerdImageName = "io.containerd.image.name"
    /// When the image was built, in the form of RFC 3339.
    public static let created = "org.opencontainers.image.created"
    /// Who is responsible for the image.
    public static let authors = "org.opencontainers.image.authors"
    /// Where to find out more.
    public static let url = "org.opencontainers.image.url"
    /// Where the documentation is.
    public static let documentation = "org.opencontainers.image.documentation"
    /// Where the source is.
    public static let source = "org.opencontainers.image.source"
    /// Version of the packaged software.
    public static let version = "org.opencontainers.image.version"
    /// Revision of the source.
    public static let revision = "org.opencontainers.image.revision"
    /// Who distributes the image.
    public static let vendor = "org.opencontainers.image.vendor"
    /// Licences, as an SPDX expression.
    public static let licenses = "org.opencontainers.image.licenses"
    /// Title for people. Never a file name to be trusted.
    public static let title = "org.opencontainers.image.title"
    /// Description for people.
    public static let description = "org.opencontainers.image.description"
    /// Digest of the base image.
    public static let baseDigest = "org.opencontainers.image.base.digest"
    /// Reference of the base image.
    public static let baseName = "org.opencontainers.image.base.name"
}
