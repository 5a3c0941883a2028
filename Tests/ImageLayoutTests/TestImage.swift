// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Crypto
import ImageLayout
import LinuxSystem
import OCISpec
import SystemPackage

/// A small image and its blobs, to be put wherever a test wants it.
struct TestImage {
    var layers: [[UInt8]]
    var configuration: [UInt8]
    var manifest: [UInt8]
    var blobs: [(digest: OCISpec.Digest, content: [UInt8])] = []

    var descriptor: Descriptor { Self.describe(manifest, .imageManifest) }
    var id: OCISpec.Digest { Self.digest(configuration) }

    /// An image with one layer for each of `contents`.
    init(_ contents: [String] = ["one", "two"], architecture: String = "amd64", layerType: MediaType = .layer) {
        layers = contents.map {
            var tar = TestTar()
            tar.add("file-\($0.prefix(20))", $0)
            return tar.finished
        }
        configuration = ImageConfiguration(
            created: "2024-01-02T03:04:05Z",
            architecture: architecture,
            os: "linux",
            rootfs: .init(diffIDs: layers.map(Self.digest))
        ).json()
        manifest = ImageManifest(
            mediaType: .imageManifest,
            config: Self.describe(configuration, .imageConfiguration),
            layers: layers.map { Self.describe($0, layerType) }
        ).json()
        blobs = (layers + [configuration, manifest]).map { (Self.digest($0), $0) }
    }

    static func digest(_ bytes: [UInt8]) -> OCISpec.Digest {
        do {
            return try OCISpec.Digest(algorithm: .sha256, hash: Array(SHA256.hash(data: bytes)))
        } catch {
            preconditionFailure("a hash has the length of its algorithm")
        }
    }

    static func describe(_ bytes: [UInt8], _ type: MediaType) -> Descriptor {
        Descriptor(mediaType: type, digest: digest(bytes), size: Int64(bytes.count))
    }

    /// Puts the image into a layout.
    func add(to layout: ImageLayoutDirectory, as name: String) throws {
        for blob in blobs { try layout.blobs.ingest(blob.content) }
        try layout.tag(descriptor, as: Reference(name))
    }

    /// The image as an oci-archive; `name` is the annotation.
    func ociArchive(name: String? = "docker.io/library/test:v1") -> TestTar {
        var entry = descriptor
        if let name { entry.annotations = [AnnotationKey.referenceName: name] }
        return Self.ociArchive(index: ImageIndex(manifests: [entry]).json(), blobs)
    }

    static func ociArchive(index: [UInt8], _ blobs: [(digest: OCISpec.Digest, content: [UInt8])]) -> TestTar {
        var tar = TestTar()
        tar.add("blobs/", [], type: "5")
        tar.add("blobs/sha256/", [], type: "5")
        for blob in blobs { tar.add("blobs/sha256/\(blob.digest.encoded)", blob.content) }
        tar.add("index.json", index)
        tar.add("oci-layout", #"{"imageLayoutVersion":"1.0.0"}"#)
        return tar
    }

    /// The image as docker before version 25 wrote it: a directory per layer, a repeated layer as a link.
    func dockerArchive(tags: [String] = ["test:v1"]) -> TestTar {
        var tar = TestTar()
        var names: [String] = []
        for (index, layer) in layers.enumerated() {
            let name = "layer\(index)/layer.tar"
            if let first = layers.firstIndex(of: layer), first < index {
                tar.link(name, to: "../layer\(first)/layer.tar")
            } else {
                tar.add(name, layer)
            }
            tar.add("layer\(index)/VERSION", "1.0")
            names.append(name)
        }
        tar.add("\(id.encoded).json", configuration)
        tar.add("manifest.json", Self.dockerManifest("\(id.encoded).json", tags, names))
        tar.add("repositories", "{}")
        return tar
    }

    static func dockerManifest(_ config: String, _ tags: [String], _ layers: [String]) -> String {
        func list(_ items: [String]) -> String { String(decoding: items.json(), as: UTF8.self) }
        return "[{\"Config\":\"\(config)\",\"RepoTags\":\(list(tags)),\"Layers\":\(list(layers))}]"
    }
}
