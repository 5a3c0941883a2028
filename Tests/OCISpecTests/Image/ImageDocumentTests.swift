// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import OCISpec
import Testing

@Suite("The documents of an image")
struct ImageDocumentTests {
    static let digest = "sha256:" + DigestTests.hex
    static let config = #"{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"\#(digest)","size":2}"#
    static let layer = #"{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"\#(digest)","size":9}"#

    static let index = #"""
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","artifactType":"a/b","manifests":[
        {"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"\#(digest)","size":2,"urls":["https://x"],
        "annotations":{"org.opencontainers.image.ref.name":"v1"},"data":"e30=",
        "platform":{"architecture":"arm","os":"linux","os.version":"1","os.features":["f"],"variant":"v7"},
        "artifactType":"a/b","com.example":{"kept":[1.50]}}],"subject":\#(config),"annotations":{"k":"v"},"x":null}
        """#

    static let manifest = #"""
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"a/b",
        "config":\#(config),"layers":[\#(layer),\#(layer)],"subject":\#(config),"annotations":{"k":"v"},"x":1}
        """#

    static let configuration = #"""
        {"created":"2024-01-02T03:04:05.123456789Z","author":"me","architecture":"arm64","os":"linux","os.version":"1",
        "os.features":["f"],"variant":"v8","config":{"User":"1:2","ExposedPorts":{"53/udp":{},"80/tcp":{}},
        "Env":["PATH=/bin","PEM=a\nb"],"Entrypoint":["/e"],"Cmd":["-c"],"Volumes":{"/v":{}},"WorkingDir":"/w",
        "Labels":{"l":"1"},"StopSignal":"SIGTERM","ArgsEscaped":false,"Healthcheck":{"Test":["CMD","true"],"Interval":3}},
        "rootfs":{"type":"layers","diff_ids":["\#(digest)"]},
        "history":[{"created":"2024-01-02T03:04:05Z","created_by":"c","author":"a","comment":"m","empty_layer":true}],
        "docker_version":"26"}
        """#

    @Test("survive being written and read again, with what is not known")
    func roundTrip() throws {
        #expect(try ImageIndex(json: Self.index).json() == JSONValue(json: Self.index).json())
        #expect(try ImageManifest(json: Self.manifest).json() == JSONValue(json: Self.manifest).json())
        #expect(try ImageConfiguration(json: Self.configuration).json() == JSONValue(json: Self.configuration).json())
        #expect(try ImageLayoutMarker(json: ImageLayoutMarker().json()) == ImageLayoutMarker())
        #expect(try ImageIndex(json: Self.index).manifests.first?.data?.bytes == Array("{}".utf8))
    }

    @Test("may say null where docker does")
    func null() throws {
        let configuration = try ImageConfiguration(
            json: #"""
                {"architecture":"amd64","os":"linux","config":{"Cmd":null,"Volumes":null,"Entrypoint":null,"Env":null,
                "Labels":null,"OnBuild":null},"rootfs":{"type":"layers","diff_ids":null},"history":null}
                """#
        )
        #expect(configuration.rootfs.diffIDs.isEmpty)
        #expect(configuration.config?.cmd == nil)
        #expect(configuration.config?.otherFields["OnBuild"] == .null)
    }

    /// A document that must be refused, and why.
    struct Refusal: Sendable, CustomTestStringConvertible {
        let json: String
        let code: JSONError.Code
        let path: String

        init(_ json: String, _ code: JSONError.Code, _ path: String) {
            (self.json, self.code, self.path) = (json, code, path)
        }

        var testDescription: String { "\(code) \(json.prefix(80))" }
    }

    @Test(
        "are refused as a manifest when ambiguous, of another type, or wrong",
        .rows("J-01", "J-02", "J-04", "J-05", "J-08", "CVE-2021-41190"),
        arguments: [
            Refusal(
                #"{"schemaVersion":2,"config":\#(config),"layers":[],"manifests":[]}"#,
                .ambiguousDocument,
                "manifests"
            ),
            Refusal(
                #"{"schemaVersion":2,"manifests":null,"config":\#(config),"layers":[]}"#,
                .ambiguousDocument,
                "manifests"
            ),
            Refusal(
                #"{"schemaVersion":2,"config":\#(config),"layers":[],"fsLayers":[]}"#,
                .ambiguousDocument,
                "fsLayers"
            ),
            Refusal(#"{"schemaVersion":1,"name":"a","fsLayers":[],"history":[]}"#, .ambiguousDocument, "fsLayers"),
            Refusal(#"{"schemaVersion":1,"config":\#(config),"layers":[]}"#, .unsupportedDocument, "schemaVersion"),
            Refusal(#"{"config":\#(config),"layers":[]}"#, .missingField, "schemaVersion"),
            Refusal(#"{"schemaVersion":2,"layers":[]}"#, .missingField, "config"),
            Refusal(#"{"schemaVersion":2,"config":\#(config)}"#, .missingField, "layers"),
            Refusal(#"{"schemaVersion":2,"config":\#(config),"layers":null}"#, .wrongType, "layers"),
            Refusal(#"{"schemaVersion":2,"config":\#(config),"layers":[],"layers":[]}"#, .duplicateKey, "layers"),
            Refusal(#"{"schemaVersion":2,"config":\#(config),"layers":[],"l\u0061yers":[]}"#, .duplicateKey, "layers"),
            Refusal(#"{"schemaVersion":2,"config":\#(config),"Layers":[],"layers":[]}"#, .caseVariant, "Layers"),
            Refusal(
                #"{"schemaVersion":2,"config":\#(config),"layer\#u{17F}":[],"layers":[]}"#,
                .caseVariant,
                "[\"layer\u{17F}\"]"
            ),
            Refusal(#"{"schemaVersion":2,"config":\#(config),"layers":[],"MANIFESTS":[]}"#, .caseVariant, "MANIFESTS"),
            Refusal(
                #"{"schemaVersion":2,"MEDIATYPE":"a/b","config":\#(config),"layers":[]}"#,
                .caseVariant,
                "MEDIATYPE"
            ),
            Refusal(
                #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","config":\#(config),"layers":[]}"#,
                .unsupportedDocument,
                "mediaType"
            ),
        ]
    )
    func manifestRefused(_ refusal: Refusal) {
        let error = #expect(throws: JSONError.self) { try ImageManifest(json: refusal.json) }
        #expect(error?.code == refusal.code)
        #expect(error?.path.description == refusal.path)
    }

    @Test(
        "are refused as an index when they could be a manifest",
        .rows("J-01"),
        arguments: ["config", "layers", "fsLayers", "history"]
    )
    func indexRefused(_ field: String) {
        let text = #"{"schemaVersion":2,"manifests":[],"\#(field)":[]}"#
        let error = #expect(throws: JSONError.self) { try ImageIndex(json: text) }
        #expect(error?.code == .ambiguousDocument)
    }

    @Test("must be of the type that their descriptor says", .rows("J-03", "J-08"))
    func mediaType() throws {
        let manifest = Array(Self.manifest.utf8)
        #expect(try ImageManifest(json: manifest, mediaType: .imageManifest).layers.count == 2)
        for type in [MediaType.dockerManifest, .imageIndex, .layer] {
            let error = #expect(throws: JSONError.self) { try ImageManifest(json: manifest, mediaType: type) }
            #expect(error?.code == .unsupportedDocument)
        }
        let untyped = Array(#"{"schemaVersion":2,"manifests":[]}"#.utf8)
        #expect(try ImageIndex(json: untyped, mediaType: .dockerManifestList).manifests.isEmpty)
    }

    @Test(
        "are refused with a descriptor's size that is not a size",
        .rows("J-14"),
        arguments: [
            ("-1", JSONError.Code.outOfRange), ("9223372036854775808", .outOfRange), ("9007199254740993", .outOfRange),
            ("1e3", .notAnInteger), ("1.0", .notAnInteger), ("\"5\"", .wrongType), ("null", .wrongType),
        ]
    )
    func size(_ size: String, _ code: JSONError.Code) {
        let text = #"{"mediaType":"a/b","digest":"\#(Self.digest)","size":\#(size)}"#
        let error = #expect(throws: JSONError.self) { try Descriptor(json: text) }
        #expect(error?.code == code)
        #expect(error?.path.description == "size")
    }

    @Test(
        "are refused with a digest or data that do not fit",
        .rows("J-12"),
        arguments: [
            Refusal(#"{"mediaType":"a/b","digest":"sha256:../../x","size":1}"#, .invalidValue, "digest"),
            Refusal(#"{"mediaType":"a","digest":"\#(digest)","size":1}"#, .invalidValue, "mediaType"),
            Refusal(#"{"mediaType":"a/b","digest":"\#(digest)","size":3,"data":"e30="}"#, .invalidValue, "data"),
            Refusal(#"{"mediaType":"a/b","digest":"\#(digest)","size":2,"data":"e30"}"#, .invalidValue, "data"),
            Refusal(#"{"mediaType":"a/b","digest":"\#(digest)","size":2,"data":"e31="}"#, .invalidValue, "data"),
            Refusal(#"{"mediaType":"a/b","digest":"\#(digest)","size":2,"Size":2}"#, .caseVariant, "Size"),
            Refusal(#"{"mediaType":"a/b","size":2}"#, .missingField, "digest"),
        ]
    )
    func descriptor(_ refusal: Refusal) {
        let error = #expect(throws: JSONError.self) { try Descriptor(json: refusal.json) }
        #expect(error?.code == refusal.code)
        #expect(error?.path.description == refusal.path)
    }

    @Test(
        "are refused as a configuration with any field of another type",
        .rows("J-10", "CVE-2022-1642"),
        arguments: [
            Refusal(#""config":{"Env":{}}"#, .wrongType, "config.Env"),
            Refusal(#""config":{"Env":[1]}"#, .wrongType, "config.Env[0]"),
            Refusal(#""config":{"Env":["A=\u0000"]}"#, .nulCharacter, "config.Env[0]"),
            Refusal(#""config":{"env":[]}"#, .caseVariant, "config.env"),
            Refusal(#""config":[]"#, .wrongType, "config"),
            Refusal(#""config":{"Volumes":["/a"]}"#, .wrongType, "config.Volumes"),
            Refusal(#""config":{"Volumes":{"/a":{"x":1}}}"#, .invalidValue, #"config.Volumes["/a"]"#),
            Refusal(#""config":{"Volumes":{"/a":{},"/a":{}}}"#, .duplicateKey, #"config.Volumes["/a"]"#),
            Refusal(#""config":{"ArgsEscaped":"no"}"#, .wrongType, "config.ArgsEscaped"),
            Refusal(#""config":{"Labels":{"a":null}}"#, .wrongType, "config.Labels.a"),
            Refusal(#""history":[null]"#, .wrongType, "history[0]"), Refusal(#""os":"windows""#, .duplicateKey, "os"),
            Refusal(#""rootfs":{"type":"squash"}"#, .duplicateKey, "rootfs"),
        ]
    )
    func configurationRefused(_ refusal: Refusal) {
        let head = #"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]},"#
        let error = #expect(throws: JSONError.self) { try ImageConfiguration(json: head + refusal.json + "}") }
        #expect(error?.code == refusal.code)
        #expect(error?.path.description == refusal.path)
    }

    @Test(
        "are refused as a configuration without what is required",
        .rows("J-10"),
        arguments: ["architecture", "os", "rootfs"]
    )
    func configurationIncomplete(_ field: String) throws {
        var object = try #require(JSONValue(json: Self.configuration).object)
        object[field] = nil
        let json = object.json()
        let error = #expect(throws: JSONError.self) { try ImageConfiguration(json: json) }
        #expect(error?.code == .missingField)
        #expect(error?.path.description == field)
    }

    @Test("are refused when a layout or a list of layers is of another kind")
    func otherKinds() {
        let layout = #expect(throws: JSONError.self) { try ImageLayoutMarker(json: #"{"imageLayoutVersion":"2.0.0"}"#) }
        #expect(layout?.code == .unsupportedDocument)
        let rootfs = #expect(throws: JSONError.self) {
            try ImageConfiguration.RootFS(json: #"{"type":"x","diff_ids":[]}"#)
        }
        #expect(rootfs?.path.description == "type")
    }

    @Test("are refused with more descriptors than any image has", .rows("J-09"))
    func tooMany() {
        let list = Array(repeating: Self.layer, count: 10_001).joined(separator: ",")
        let error = #expect(throws: JSONError.self) {
            try ImageManifest(json: #"{"schemaVersion":2,"config":\#(Self.config),"layers":[\#(list)]}"#)
        }
        #expect(error?.code == .tooManyItems)
    }

    @Test("carry bytes of any length in base64", arguments: 0...7)
    func base64(_ count: Int) throws {
        let data = Base64Data((0..<count).map { UInt8(($0 * 37 + 200) % 256) })
        #expect(Base64Data(encoded: data.encoded) == data)
        #expect(data.encoded.utf8.count == (count + 2) / 3 * 4)
    }
}
