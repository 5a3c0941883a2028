// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import Testing

@Suite("The example configurations")
struct RuntimeExampleTests {
    @Test("survive being written and read again")
    func roundTrip() throws {
        for example in [RuntimeConfiguration.example, .rootlessExample(uid: 1000, gid: 100)] {
            #expect(try RuntimeConfiguration(json: example.json(pretty: true)) == example)
        }
    }

    @Test("have what users of other runtimes expect")
    func content() {
        let example = RuntimeConfiguration.example
        #expect(example.process?.terminal == true)
        #expect(example.process?.args == ["sh"])
        #expect(example.process?.capabilities?.permitted == ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"])
        #expect(example.process?.rlimits == [.init(type: .openFiles, soft: 1024, hard: 1024)])
        #expect(example.root?.readonly == true)
        #expect(example.linux?.namespaces?.map(\.type) == [.pid, .network, .ipc, .uts, .mount, .cgroup])
    }

    @Test("ask, without privilege, for nothing that needs it")
    func rootless() {
        let example = RuntimeConfiguration.rootlessExample(uid: 1000, gid: 100)
        #expect(example.linux?.namespaces?.contains { $0.type == .user } == true)
        #expect(example.linux?.namespaces?.contains { $0.type == .network } == false)
        #expect(example.linux?.uidMappings == [LinuxIDMapping(containerID: 0, hostID: 1000, size: 1)])
        #expect(example.linux?.gidMappings == [LinuxIDMapping(containerID: 0, hostID: 100, size: 1)])
        #expect(example.linux?.resources == nil)
        #expect(example.mounts?.contains { $0.type == "sysfs" } == false)
        #expect(example.mounts?.flatMap { $0.options ?? [] }.contains("gid=5") == false)
    }
}
