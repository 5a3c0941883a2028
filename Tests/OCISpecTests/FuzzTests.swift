// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import TestSupport
import Testing

@Suite("Fuzzing of documents and names") struct FuzzTests {
    /// What is read is written again and read the same; what is refused names its place without control characters.
    private func check<Document: JSONRepresentable & Equatable>(_ type: Document.Type, _ input: [UInt8]) throws {
        let document: Document
        do throws(JSONError) { document = try Document(json: input) } catch {
            let isPlain = error.description.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            if !isPlain || error.description.isEmpty { throw Fuzz.Broken("the error is no plain line: \(error)") }
            return
        }
        if try Document(json: document.json()) != document { throw Fuzz.Broken("the document is not stable") }
    }

    @Test("Documents of images are stable, or refused") func images() throws {
        let seeds = [ImageDocumentTests.index, ImageDocumentTests.manifest, ImageDocumentTests.configuration]
        let tokens = [
            "schemaVersion", "mediaType", "layers", "manifests", "\"layers\":[],", "\"Layers\":[],", "sha256:",
        ]
        try Fuzz.run("documents", seeds: seeds.map { Array($0.utf8) }, tokens: tokens) { input in
            try check(ImageIndex.self, input)
            try check(ImageManifest.self, input)
            try check(ImageConfiguration.self, input)
        }
    }

    @Test("Configurations of containers are stable, or refused") func configurations() throws {
        let seeds = [Array(Fixture.everything.utf8), RuntimeConfiguration.example.json()]
        try Fuzz.run("configurations", seeds: seeds, tokens: ["\"linux\":{", "\"type\":\"mount\"", "null"]) { input in
            try check(RuntimeConfiguration.self, input)
            if let configuration = try? RuntimeConfiguration(json: input) { _ = configuration.problems }
        }
    }

    @Test("References and digests come back as they were written, and lead nowhere") func names() throws {
        let digest = "sha256:" + DigestTests.hex
        let seeds = ["a", "docker.io/library/a:v1", "x.io:5000/a/b@\(digest)", "[::1]:5000/a:b@\(digest)", digest]
        try Fuzz.run("names", seeds: seeds.map { Array($0.utf8) }, tokens: ["@sha256:", "localhost", ":5000"]) {
            input in
            let text = String(decoding: input, as: UTF8.self)
            if let reference = try? Reference(text) {
                let again = try Reference(reference.description)
                let parts = reference.repository.utf8.split(
                    separator: UInt8(ascii: "/"),
                    omittingEmptySubsequences: false
                )
                let leadsOut = parts.contains { $0.isEmpty || $0.allSatisfy { $0 == UInt8(ascii: ".") } }
                if again != reference || leadsOut { throw Fuzz.Broken("the reference \(text)") }
            }
            if let digest = try? Digest(text),
                digest.description != text || !text.utf8.allSatisfy({ $0 > 0x2F && $0 < 0x7B })
            {
                throw Fuzz.Broken("the digest \(text)")
            }
        }
    }
}
