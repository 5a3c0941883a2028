// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import TestSupport
import Testing

/// Every value of a document replaced by every wrong one: refused by name, or read and written again the same; never a trap.
@Suite("A document with one value changed") struct HostileDocumentTests {
    /// What is put in the place of each value; `nil` removes the member.
    private static let replacements: [JSONValue?] =
        [nil]
        + [
            "null", "true", "-1", "0", "4294967295", "4294967296", "9223372036854775807", "9223372036854775808",
            "18446744073709551616", "1e3", "1.0", "-0", "1e999", #""""#, #""5""#, #""a\nb""#, #""/../..""#,
            #""\u0301""#,
            #""sha256:../../x""#, "[]", "[null]", #"[""]"#, "[[]]", "{}", #"{"":null}"#, #"{"/../..":{}}"#,
        ].map { try? JSONValue(json: $0) }

    /// The document with each of its values replaced, one at a time.
    private static func variants(of value: JSONValue) -> [JSONValue] {
        var variants = replacements.compactMap { $0 }
        if let object = value.object {
            for (index, member) in object.members.enumerated() {
                for inner in Self.variants(of: member.value) {
                    var changed = object
                    changed.members[index].value = inner
                    variants.append(.object(changed))
                }
                var without = object
                without.members.remove(at: index)
                variants.append(.object(without))
            }
        }
        if let array = value.array {
            for (index, element) in array.enumerated() {
                for inner in Self.variants(of: element) {
                    var changed = array
                    changed[index] = inner
                    variants.append(.array(changed))
                }
            }
            variants.append(.array(array + array))
        }
        return variants
    }

    /// Reads every variant, and again what is written of those that can be read.
    private func check<Document: JSONRepresentable & Equatable>(
        _ type: Document.Type,
        _ text: String,
        _ look: (Document) -> Void = { _ in }
    ) throws {
        var read = 0
        var refused = 0
        for variant in Self.variants(of: try JSONValue(json: text)) {
            do throws(JSONError) {
                let document = try Document(json: variant.json())
                read += 1
                look(document)
                let again = try? Document(json: document.json())
                #expect(again == document, "\(String(decoding: variant.json(), as: UTF8.self).prefix(300))")
            } catch { refused += 1 }
        }
        #expect(read > 20)
        #expect(refused > 200)
    }

    @Test("is read as it is or refused, as a manifest", .rows("CVE-2021-21285", "CVE-2022-1642", "J-10"))
    func manifest() throws { try check(ImageManifest.self, ImageDocumentTests.manifest) }

    @Test("is read as it is or refused, as an index", .rows("CVE-2021-21285", "CVE-2022-1642", "J-10"))
    func index() throws { try check(ImageIndex.self, ImageDocumentTests.index) }

    @Test("is read as it is or refused, as an image's configuration", .rows("CVE-2021-21285", "CVE-2022-1642", "J-10"))
    func image() throws { try check(ImageConfiguration.self, ImageDocumentTests.configuration) }

    @Test("is read, checked and described, or refused, as a container's configuration", .rows("CVE-2021-21285", "S-01"))
    func runtime() throws {
        try check(RuntimeConfiguration.self, Fixture.everything) { configuration in
            for problem in configuration.problems { #expect(!problem.description.isEmpty) }
        }
    }
}
