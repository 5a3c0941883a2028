// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CgroupKit
import OCIRuntime
import OCISpec
import TestSupport
import Testing

@Suite("Updating a container", .requires(.root, .busybox)) struct ContainerUpdateTests {
    private func bundle() throws -> TestBundle {
        let bundle = try TestBundle(script: "exec sleep 3600")
        bundle.configuration.linux?.resources = LinuxResources(
            memory: LinuxMemory(limit: 64 << 20),
            pids: LinuxPIDs(limit: 20)
        )
        return bundle
    }

    @Test("changes limits in force and in its configuration, whether it waits, runs or is paused")
    func limits() throws {
        let bundle = try bundle()
        let container = try bundle.create().container
        defer { try? container.delete(force: true) }
        try container.update(LinuxResources(memory: LinuxMemory(limit: 48 << 20)))
        #expect(try container.statistics().memory?.limit == .value(48 << 20))
        try container.start()
        try container.update(LinuxResources(memory: LinuxMemory(limit: 96 << 20), pids: LinuxPIDs(limit: -1)))
        #expect(try container.statistics().memory?.limit == .value(96 << 20))
        #expect(try container.statistics().pids?.limit == .unlimited)
        try container.pause()
        try container.update(LinuxResources(pids: LinuxPIDs(limit: 10)))
        #expect(try container.state().status == .paused)
        #expect(try container.statistics().pids?.limit == .value(10))
        try container.resume()
        let resources = try container.configuration().linux?.resources
        #expect(resources?.memory?.limit == 96 << 20)
        #expect(resources?.pids?.limit == 10)
    }

    @Test("has the old limits in force and in its configuration when the kernel refuses a new one")
    func refused() throws {
        let bundle = try bundle()
        let container = try bundle.create().container
        defer { try? container.delete(force: true) }
        let error = #expect(throws: RuntimeError.self) {
            try container.update(
                LinuxResources(memory: LinuxMemory(limit: 32 << 20), cpu: LinuxCPU(cpus: "1000000"))
            )
        }
        #expect(error?.code == .cgroupFailed)
        #expect(error?.description.contains("cpuset.cpus") == true)
        #expect(error?.description.contains("not put back") == false)
        #expect(try container.statistics().memory?.limit == .value(64 << 20))
        #expect(try container.configuration().linux?.resources?.memory?.limit == 64 << 20)
    }

    @Test("refuses less memory than is in use when told to check")
    func check() throws {
        let bundle = try bundle()
        let container = try bundle.create().container
        defer { try? container.delete(force: true) }
        try container.start()
        let error = #expect(throws: RuntimeError.self) {
            try container.update(LinuxResources(memory: LinuxMemory(limit: 1024, checkBeforeUpdate: true)))
        }
        #expect(error?.description.contains("rejecting memory limit 1024") == true)
        #expect(try container.statistics().memory?.limit == .value(64 << 20))
    }

    @Test("takes a new list of devices in the place of the old one")
    func devices() async throws {
        let bundle = try bundle()
        bundle.configuration.linux?.resources?.devices = [LinuxDeviceRule(allow: false, access: "rwm")]
        bundle.configuration.linux?.devices = [LinuxDevice(type: .character, path: "/dev/test", major: 1, minor: 11)]
        let container = try bundle.create().container
        defer { try? container.delete(force: true) }
        try container.start()
        let script = "(: > /dev/test) 2> /dev/null && echo open; echo x > /dev/null && echo null"
        #expect(try await bundle.exec(script, in: container).text == "null\n")
        let rule = LinuxDeviceRule(allow: true, type: .character, major: 1, minor: 11, access: "w")
        try container.update(LinuxResources(devices: [LinuxDeviceRule(allow: false, access: "rwm"), rule]))
        #expect(try await bundle.exec(script, in: container).text == "open\nnull\n")
    }

    @Test("is refused when it has ended")
    func stopped() async throws {
        let bundle = try bundle()
        let container = try bundle.create().container
        defer { try? container.delete(force: true) }
        try container.start()
        try container.kill(signal: 9)
        _ = try await container.wait()
        let error = #expect(throws: RuntimeError.self) {
            try container.update(LinuxResources(pids: LinuxPIDs(limit: 5)))
        }
        #expect(error?.code == .wrongState)
        #expect(error?.description.contains("container not running") == true)
    }
}
