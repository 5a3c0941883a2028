// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import SystemPackage
import TestSupport
import Testing

@testable import OCIRuntime

@Suite("CgroupOwner") struct CgroupOwnerTests {
    private static let mount = RuntimeConfiguration.Mount(
        destination: "/sys/fs/cgroup",
        type: "cgroup",
        source: "cgroup",
        options: ["nosuid", "rw"]
    )

    private func owner(_ change: (inout RuntimeConfiguration) -> Void) -> UInt32? {
        var configuration = RuntimeConfiguration.example
        configuration.process?.user.uid = 5
        configuration.linux?.namespaces = [LinuxNamespace(type: .cgroup)]
        configuration.mounts = [Self.mount]
        change(&configuration)
        return ConfigurationMapper.cgroupOwner(configuration, configuration.linux ?? LinuxConfiguration())
    }

    @Test("is the process's user on the host, where the container may write to a namespace of its own")
    func rule() {
        #expect(owner { _ in } == 5)
        #expect(owner { $0.linux?.uidMappings = [LinuxIDMapping(containerID: 0, hostID: 1000, size: 10)] } == 1005)
        #expect(owner { $0.linux?.uidMappings = [LinuxIDMapping(containerID: 6, hostID: 1000, size: 10)] } == nil)
        #expect(owner { $0.linux?.uidMappings = [LinuxIDMapping(containerID: 0, hostID: 1000, size: 5)] } == nil)
        #expect(owner { $0.linux?.namespaces = [] } == nil)
        #expect(owner { $0.linux?.namespaces = [LinuxNamespace(type: .cgroup, path: "/proc/1/ns/cgroup")] } == nil)
        #expect(owner { $0.mounts?[0].options = ["ro"] } == nil)
        #expect(owner { $0.mounts?[0].destination = "/cgroup" } == nil)
        #expect(owner { $0.mounts = [] } == nil)
    }

    @Test(
        "may make groups in the container, and not raise its limits",
        .rows("CVE-2023-25809"),
        .requires(.root, .cgroup2, .busybox)
    )
    func delegation() async throws {
        let bundle = try TestBundle(
            script: """
                cd /sys/fs/cgroup; /bin/busybox mkdir sub && echo made
                echo max 2> /dev/null > pids.max || echo kept
                """
        )
        bundle.configuration.process?.user.uid = 5
        bundle.configuration.linux?.resources = LinuxResources(pids: LinuxPIDs(limit: 20))
        bundle.configuration.mounts = (bundle.configuration.mounts ?? []).filter { $0.destination != "/sys/fs/cgroup" }
        bundle.configuration.mounts?.append(Self.mount)
        #expect(try await bundle.run().text == "made\nkept\n")
    }

    @Test("annotations about the unit are kept for systemd, and no others", .rows("CVE-2023-6476"))
    func annotations() throws {
        let request = try MappingFixture.map {
            $0.annotations = ["org.systemd.property.CollectMode": "'inactive'", "org.example": "x"]
        }.cgroup
        #expect(request.unitAnnotations == ["org.systemd.property.CollectMode": "'inactive'"])
    }
}
