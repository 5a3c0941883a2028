// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import Testing

@Suite("A runtime configuration")
struct RuntimeConfigurationTests {
    @Test("survives being written and read again with every field set")
    func roundTrip() throws {
        let configuration = try RuntimeConfiguration(json: Fixture.everything)
        #expect(try RuntimeConfiguration(json: configuration.json()) == configuration)
        #expect(try RuntimeConfiguration(json: configuration.json(pretty: true)) == configuration)
        #expect(configuration.json() == (try JSONValue(json: Fixture.everything)).json())
    }

    @Test("names the place of an error", arguments: Fixture.faults)
    func faults(_ fault: Fixture.Fault) {
        let error = #expect(throws: JSONError.self) { try RuntimeConfiguration(json: fault.json) }
        #expect(error?.code == fault.code)
        #expect(error?.path.description == fault.path)
    }

    @Test("ignores what it does not know, but not what is malformed in it")
    func unknownFields() throws {
        let known = try RuntimeConfiguration(json: #"{"ociVersion":"1.3.0"}"#)
        #expect(try RuntimeConfiguration(json: #"{"new":{"a":[1]},"ociVersion":"1.3.0","Linux":1}"#) == known)
        let error = #expect(throws: JSONError.self) {
            try RuntimeConfiguration(json: #"{"ociVersion":"1.3.0","new":{"a":[{"b":1,"b":2}]}}"#)
        }
        #expect(error?.description == "new.a[0].b: the member stands twice in its object (byte 45)")
    }

    @Test("takes null for a field that may be absent")
    func null() throws {
        let configuration = try RuntimeConfiguration(json: #"{"ociVersion":"1.3.0","linux":null,"mounts":null}"#)
        #expect(configuration == RuntimeConfiguration(ociVersion: "1.3.0"))
    }

    @Test("keeps the sections of other platforms as they are")
    func otherPlatforms() throws {
        let text = #"{"ociVersion":"1.3.0","windows":{"layerFolders":["C:\\a"],"x":1.50},"zos":{"z":null}}"#
        #expect(String(decoding: try RuntimeConfiguration(json: text).json(), as: UTF8.self) == text)
    }
}
