// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import Testing

@Suite("A media type")
struct MediaTypeTests {
    @Test(
        "tells what a blob is",
        arguments: [
            ("application/vnd.oci.image.index.v1+json", MediaType.Kind.index),
            ("application/vnd.docker.distribution.manifest.list.v2+json", .index),
            ("application/vnd.oci.image.manifest.v1+json", .manifest),
            ("application/vnd.docker.distribution.manifest.v2+json", .manifest),
            ("application/vnd.oci.image.config.v1+json", .configuration),
            ("application/vnd.docker.container.image.v1+json", .configuration),
            ("application/vnd.oci.image.layer.v1.tar", .layer(.none)),
            ("application/vnd.oci.image.layer.v1.tar+gzip", .layer(.gzip)),
            ("application/vnd.oci.image.layer.v1.tar+zstd", .layer(.zstd)),
            ("application/vnd.docker.image.rootfs.diff.tar", .layer(.none)),
            ("application/vnd.docker.image.rootfs.diff.tar.gzip", .layer(.gzip)),
            ("application/vnd.docker.image.rootfs.diff.tar.zstd", .layer(.zstd)),
            ("application/vnd.oci.image.layer.nondistributable.v1.tar", .nondistributableLayer(.none)),
            ("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", .nondistributableLayer(.gzip)),
            ("application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", .nondistributableLayer(.zstd)),
            ("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", .nondistributableLayer(.gzip)),
            ("application/vnd.docker.distribution.manifest.v1+prettyjws", .schema1),
            ("application/vnd.oci.empty.v1+json", .empty), ("application/x-squashfs", .other),
            ("Application/vnd.oci.image.index.v1+json", .other),
            ("application/vnd.oci.image.layer.v1.tar+xz", .other),
        ]
    )
    func kind(_ text: String, _ kind: MediaType.Kind) throws {
        let type = MediaType(rawValue: text)
        #expect(type.kind == kind)
        #expect(try MediaType(json: type.json()) == type)
    }

    @Test(
        "is refused in a document when it is not well-formed",
        arguments: [
            "", "a", "a/", "/b", "a/b/c", "a/b; charset=utf-8", "a/b\u{301}", "a b/c", "a/../b", "+a/b", "a/b\n",
            "a/" + String(repeating: "b", count: 128),
        ]
    )
    func refuse(_ text: String) {
        let error = #expect(throws: JSONError.self) { try MediaType(json: text.json()) }
        #expect(error?.code == .invalidValue)
    }
}
