// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import Testing

@Suite("What a runtime says of itself and of containers")
struct FeaturesTests {
    static let features = #"""
        {"ociVersionMin":"1.0.0","ociVersionMax":"1.3.0","hooks":["prestart"],"mountOptions":["ro"],
        "linux":{"namespaces":["pid"],"capabilities":["CAP_KILL"],
        "cgroup":{"v1":true,"v2":true,"systemd":false,"systemdUser":false,"rdma":true},
        "seccomp":{"enabled":true,"actions":["SCMP_ACT_LOG"],"operators":["SCMP_CMP_EQ"],"archs":["SCMP_ARCH_ARM"],
        "knownFlags":["SECCOMP_FILTER_FLAG_LOG"],"supportedFlags":[]},"apparmor":{"enabled":true},
        "selinux":{"enabled":false},"intelRdt":{"enabled":true,"schemata":true,"monitoring":false},
        "memoryPolicy":{"modes":["MPOL_BIND"],"flags":[]},"mountExtensions":{"idmap":{"enabled":true}},
        "netDevices":{"enabled":true}},"annotations":{"a":"b"},"potentiallyUnsafeConfigAnnotations":["org.x."]}
        """#

    static let state = #"""
        {"ociVersion":"1.3.0","id":"c1","status":"running","pid":4422,"bundle":"/b","annotations":{"k":"v"}}
        """#

    @Test("survives being written and read again")
    func roundTrip() throws {
        #expect(try Features(json: Self.features).json() == JSONValue(json: Self.features).json())
        #expect(try ContainerState(json: Self.state).json() == JSONValue(json: Self.state).json())
        let notice = #"{"ociVersion":"1.3.0","fds":["seccompFd"],"pid":7,"metadata":"m","state":\#(Self.state)}"#
        #expect(try ContainerProcessState(json: notice).json() == JSONValue(json: notice).json())
    }

    @Test("knows four states of a container", arguments: ["creating", "created", "running", "stopped"])
    func status(_ name: String) throws {
        let text = #"{"ociVersion":"1.3.0","id":"c","status":"\#(name)","bundle":"/b"}"#
        #expect(try ContainerState(json: text).status.rawValue == name)
    }

    @Test("refuses a state without what is required", arguments: ["ociVersion", "id", "status", "bundle"])
    func incomplete(_ field: String) throws {
        var object = try #require(JSONValue(json: Self.state).object)
        object[field] = nil
        let json = object.json()
        let error = #expect(throws: JSONError.self) { try ContainerState(json: json) }
        #expect(error?.code == .missingField)
        #expect(error?.path.description == field)
    }

    @Test("refuses a state that does not exist")
    func unknown() {
        let text = #"{"ociVersion":"1.3.0","id":"c","status":"Running","bundle":"/b"}"#
        let error = #expect(throws: JSONError.self) { try ContainerState(json: text) }
        #expect(error?.description == #"status: "Running" is none of the values defined here (byte 40)"#)
    }
}
