// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import ImageLayout
import OCISpec
import TestSupport
import Testing

@Suite struct DeriveTests {
    private static func configuration(_ history: [ImageConfiguration.History]?) -> ImageConfiguration {
        ImageConfiguration(
            created: "2024-01-02T03:04:05Z",
            author: "first",
            architecture: "s390x",
            os: "linux",
            config: .init(env: ["A=b"], cmd: ["/hello"]),
            rootfs: .init(),
            history: history
        )
    }

    private static func layer(_ name: String, in test: borrowing TestLayout) throws -> ResolvedImage.Layer {
        var tar = TestTar()
        tar.add(name, Array(name.utf8))
        return try test.layout.addLayer(at: test.file(name, tar.finished))
    }

    private static func base(
        _ history: [ImageConfiguration.History]?,
        in test: borrowing TestLayout
    ) throws -> ResolvedImage {
        let layers = [try layer("one", in: test), try layer("two", in: test)]
        let made = try test.layout.addImage(configuration(history), layers: layers, as: Reference("base"))
        return try test.layout.resolve("\(made.descriptor.digest)", platform: Platform("linux/s390x"))
    }

    private static let told: [ImageConfiguration.History] = [
        .init(createdBy: "one"), .init(createdBy: "env", emptyLayer: true), .init(createdBy: "two"),
    ]

    @Test("An image of another one and a layer has both, and tells of the layer; the same every time")
    func derive() throws {
        var digests: [Digest] = []
        for _ in 0..<2 {
            let test = try TestLayout()
            let base = try Self.base(Self.told, in: test)
            let layer = try Self.layer("three", in: test)
            let derivation = ImageDerivation(
                created: "2025-01-01T00:00:00Z",
                createdBy: "sh -c three",
                author: "second",
                comment: "more",
                execution: .init(cmd: ["/bye"])
            )
            let image = try test.layout.addImage(basedOn: base, adding: layer, derivation, as: Reference("derived"))
            let found = try test.layout.resolve("derived", platform: Platform("linux/s390x"))
            #expect(found.manifest == image.manifest && found.configuration == image.configuration)
            #expect(image.layers == base.layers + [layer])
            #expect(image.configuration.platform == base.configuration.platform)
            #expect(image.configuration.created == "2025-01-01T00:00:00Z")
            #expect(image.configuration.author == "second")
            #expect(image.configuration.config == .init(cmd: ["/bye"]))
            let newest = ImageConfiguration.History(
                created: "2025-01-01T00:00:00Z",
                createdBy: "sh -c three",
                author: "second",
                comment: "more"
            )
            #expect(image.configuration.history == Self.told + [newest])
            #expect(image.steps.map(\.layer) == [base.layers[0], nil, base.layers[1], layer])
            #expect(try test.layout.resolve(id: base.id).manifest == base.manifest)
            #expect(try test.layout.resolve(id: image.id).manifest == image.manifest)
            #expect(try test.layout.check().isSound)
            digests.append(image.manifestDescriptor.digest)
        }
        #expect(digests[0] == digests[1])
    }

    @Test("What is not given stays as it was; a history that tells nothing gets a step for each layer")
    func silent() throws {
        let test = try TestLayout()
        let base = try Self.base(nil, in: test)
        #expect(base.steps.map(\.layer) == base.layers)
        let layer = try Self.layer("three", in: test)
        let image = try test.layout.addImage(basedOn: base, adding: layer, ImageDerivation(created: "now"))
        #expect(image.configuration.author == "first")
        #expect(image.configuration.config == base.configuration.config)
        #expect(image.configuration.history == [.init(), .init(), .init(created: "now")])
        #expect(image.reference == nil)
    }

    @Test("A layer that is not here, or is one too many, makes no image") func refused() throws {
        let test = try TestLayout()
        let other = try TestLayout()
        let base = try Self.base(nil, in: test)
        let elsewhere = try Self.layer("four", in: other)
        let here = try Self.layer("three", in: test)
        let full = try test.layout.addImage(
            Self.configuration(nil),
            layers: [ResolvedImage.Layer](repeating: here, count: ImageLimits.layers)
        )
        let before = try test.contents()
        let platform = try Platform("linux/s390x")
        let cases = [
            (base, elsewhere, ImageLayoutError.Code.notFound),
            (try test.layout.resolve("\(full.descriptor.digest)", platform: platform), here, .limitExceeded),
        ]
        for (image, layer, code) in cases {
            let error = failure { () throws(ImageLayoutError) in
                try test.layout.addImage(basedOn: image, adding: layer, ImageDerivation(created: "now"))
            }
            #expect(error?.code == code)
            #expect(try test.contents() == before)
        }
        let missing = failure { () throws(ImageLayoutError) in try test.layout.resolve(id: here.diffID) }
        #expect(missing?.code == .notFound)
    }
}
