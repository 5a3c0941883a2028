// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec

extension ImageIndex {
    /// Reads the index that `descriptor` describes.
    init(_ descriptor: Descriptor, from source: borrowing some ContentSource & ~Copyable) throws(ImageLayoutError) {
        let bytes = try source.read(descriptor.digest, size: descriptor.size, limit: ImageLimits.document)
        do throws(JSONError) { try self.init(json: bytes, mediaType: descriptor.mediaType) } catch {
            throw ImageLayoutError(error, "image index \(descriptor.digest)")
        }
    }
}

extension ImageManifest {
    /// Reads the manifest that `descriptor` describes.
    init(_ descriptor: Descriptor, from source: borrowing some ContentSource & ~Copyable) throws(ImageLayoutError) {
        let bytes = try source.read(descriptor.digest, size: descriptor.size, limit: ImageLimits.document)
        do throws(JSONError) { try self.init(json: bytes, mediaType: descriptor.mediaType) } catch {
            throw ImageLayoutError(error, "image manifest \(descriptor.digest)")
        }
    }
}

extension ImageConfiguration {
    /// Reads the configuration that `descriptor` describes.
    init(_ descriptor: Descriptor, from source: borrowing some ContentSource & ~Copyable) throws(ImageLayoutError) {
        guard descriptor.mediaType.kind == .configuration else {
            throw ImageLayoutError(
                .unsupportedMediaType,
                "image configuration \(descriptor.digest)",
                "\(descriptor.mediaType) is not the type of an image's configuration",
                hint: "artifacts that are no images cannot be run"
            )
        }
        let bytes = try source.read(descriptor.digest, size: descriptor.size, limit: ImageLimits.document)
        do throws(JSONError) { try self.init(json: bytes) } catch {
            throw ImageLayoutError(error, "image configuration \(descriptor.digest)")
        }
    }
}

extension Descriptor {
    /// Whether this is the manifest of an attestation, which buildkit puts beside the image that it is about.
    var isAttestation: Bool {
        annotations?["vnd.docker.reference.type"] != nil
            || platform?.os == "unknown" && platform?.architecture == "unknown"
    }
}
