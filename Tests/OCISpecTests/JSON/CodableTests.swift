// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Foundation
import OCISpec
import Testing

@Suite("Documents as Codable")
struct CodableTests {
    @Test("pass through any encoder and decoder")
    func roundTrip() throws {
        let configuration = try RuntimeConfiguration(json: Fixture.everything)
        let data = try JSONEncoder().encode(configuration)
        #expect(try JSONDecoder().decode(RuntimeConfiguration.self, from: data) == configuration)
        let manifest = try ImageManifest(json: ImageDocumentTests.manifest)
        #expect(try JSONDecoder().decode(ImageManifest.self, from: JSONEncoder().encode(manifest)) == manifest)
    }

    @Test("are strings where JSON has strings")
    func strings() throws {
        let digest = try Digest(ImageDocumentTests.digest)
        let reference = try Reference("alpine:3")
        let list = try JSONEncoder().encode([digest.description, reference.description])
        #expect(try JSONDecoder().decode([String].self, from: list) == [digest.description, reference.description])
        #expect(try JSONDecoder().decode([Digest].self, from: JSONEncoder().encode([digest])) == [digest])
        #expect(try JSONDecoder().decode([Reference].self, from: JSONEncoder().encode([reference])) == [reference])
    }

    @Test("fail with this library's error when the content is wrong")
    func errors() {
        let error = #expect(throws: JSONError.self) {
            try JSONDecoder().decode(RuntimeConfiguration.self, from: Data(#"{"ociVersion":1}"#.utf8))
        }
        #expect(error?.path.description == "ociVersion")
    }
}
