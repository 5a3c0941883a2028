// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

extension Descriptor {
    /// The name that an entry of an index gives its image: containerd's annotation, or else OCI's.
    public var imageName: String? {
        annotations?[AnnotationKey.containerdImageName] ?? annotations?[AnnotationKey.referenceName]
    }

    /// The name that an entry of an index gives its image, as short as it can be; the digest where there is none.
    public var familiarImageName: String { imageName.map { (try? Reference($0))?.familiar ?? $0 } ?? "\(digest)" }
}

/// What an image of a layout is called: the annotation `org.opencontainers.image.ref.name` of its descriptor.
///
/// Images that this library names have a full reference there. Other tools also write bare tags, for example `v1`;
/// those stay as they are.
struct ImageName: Hashable, Sendable, CustomStringConvertible {
    /// The name as it stands in the index.
    let description: String
    /// The name as a reference, unless it is a bare tag.
    let reference: Reference?

    init(_ reference: Reference) {
        let reference = reference.withDefaultTag
        self.init(description: reference.description, reference: reference)
    }

    private init(description: String, reference: Reference?) {
        self.description = description
        self.reference = reference
    }

    /// Checks a name that an index or an archive states.
    init?(_ text: String) {
        if Self.isBareTag(text) {
            self.init(description: text, reference: nil)
        } else if let reference = try? Reference(text) {
            self.init(reference)
        } else {
            return nil
        }
    }

    /// A word of at most 128 letters, digits, `_`, `.` and `-` that begins with neither `.` nor `-`.
    private static func isBareTag(_ text: String) -> Bool {
        let utf8 = Array(text.utf8)
        guard let first = utf8.first, utf8.count <= 128, first != UInt8(ascii: "."), first != UInt8(ascii: "-") else {
            return false
        }
        return utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "_")
                || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
        }
    }

    /// The name that `descriptor` of an index carries; containerd's annotation goes before OCI's, which docker fills
    /// with a bare tag.
    static func of(_ descriptor: Descriptor) throws(ImageLayoutError) -> ImageName? {
        guard let text = descriptor.imageName else { return nil }
        guard let name = ImageName(text) else {
            throw ImageLayoutError(
                .invalidName,
                "image \(descriptor.digest)",
                "its index calls it by a name that is none"
            )
        }
        return name
    }

}
