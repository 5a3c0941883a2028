// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import SystemPackage
import Testing

@testable import NamespaceKit

@Suite("A sandbox of a caller without privilege") struct SandboxUnprivilegedTests {
    @Test("has a user namespace in which root is the caller, and no terminals of a group that is not there")
    func namespace() throws {
        let result = try Sandbox(["true"]).unprivilegedConfiguration(uid: 1000, gid: 100)
        #expect(result.namespaces.user == .new)
        #expect(result.uidMappings == [IDMapping(containerID: 0, hostID: 1000, count: 1)])
        #expect(result.gidMappings == [IDMapping(containerID: 0, hostID: 100, count: 1)])
        let options = result.mounts.compactMap { mount -> [[UInt8]]? in
            guard case .fileSystem("devpts", let options) = mount.source else { return nil }
            return options
        }
        #expect(options == [["newinstance", "ptmxmode=0666", "mode=0620"].map { Array($0.utf8) }])
        #expect(result.mounts.contains { $0.destination == "/sys" && $0.set.contains(.readOnly) })
    }

    @Test("shows the host's sysfs with the host's network") func network() throws {
        var sandbox = Sandbox(["true"])
        sandbox.shareNetwork()
        let result = try sandbox.unprivilegedConfiguration(uid: 1000, gid: 100)
        #expect(result.mounts.filter { $0.destination == "/sys" } == [.bind("/sys", at: "/sys", readOnly: true)])
    }

    @Test("is left as it is when it names its user namespace itself") func named() throws {
        var sandbox = Sandbox(["true"])
        sandbox.configuration.namespaces.user = .join("/proc/1/ns/user")
        #expect(try sandbox.unprivilegedConfiguration(uid: 1000, gid: 100) == sandbox.configuration)
    }

    @Test("cannot be another user than root") func user() {
        var sandbox = Sandbox(["true"])
        sandbox.configuration.process.uid = 33
        let error = #expect(throws: NamespaceError.self) {
            try sandbox.unprivilegedConfiguration(uid: 1000, gid: 100)
        }
        #expect(error?.code == .invalidConfiguration)
    }
}
