// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import OCIRuntime
import OCISpec
import SystemPackage
import TestSupport
import Testing

@Suite("An id-mapped mount", .requires(.root, .busybox)) struct IDMappedMountTests {
    /// Runs a script in a container that has the directory `data` of its bundle, mapped, at `/data`.
    private func run(
        _ script: String,
        options: [String],
        ranges: [LinuxIDMapping]? = nil,
        users: [LinuxIDMapping]? = nil
    ) async throws -> (text: String, owners: String) {
        let bundle = try TestBundle(script: script)
        let prepare = "mkdir data; echo x >data/file; chown 1000:2000 data data/file; chmod 777 data"
        let directory = bundle.directory.path.string
        let made = try Command.run(["/bin/sh", "-ec", prepare], directory: directory)
        try #require(made.status == 0, "\(made.errors)")
        bundle.configuration.mounts?.append(
            .init(destination: "/data", source: "data", options: options, uidMappings: ranges, gidMappings: ranges)
        )
        if let users {
            bundle.configuration.linux?.namespaces?.append(LinuxNamespace(type: .user))
            bundle.configuration.linux?.uidMappings = users
            bundle.configuration.linux?.gidMappings = users
            _ = try Command.run(["chmod", "755", directory])
            _ = try Command.run(["chown", "-R", "\(users[0].hostID)", directory + "/rootfs"])
        }
        let finished = try await bundle.run()
        let owners = try Command.run(["stat", "-c", "%u:%g", directory + "/data/new"]).output
        return (finished.text, owners)
    }

    private static let look =
        "/bin/busybox stat -c %u:%g /data/file; echo >/data/new; /bin/busybox stat -c %u:%g /data/new"

    @Test("shows owners by the ranges of the mount, and keeps new files by them", .rows("CVE-2015-1340"))
    func ranges() async throws {
        let ranges = [
            LinuxIDMapping(containerID: 1000, hostID: 0, size: 1),
            LinuxIDMapping(containerID: 2000, hostID: 77, size: 1),
            LinuxIDMapping(containerID: 3000, hostID: 1, size: 5),
        ]
        // One list for users and groups: 1000 is shown as 0, 2000 as 77.
        let seen = try await run(Self.look, options: ["bind", "idmap"], ranges: ranges)
        #expect(seen.text == "0:77\n0:0\n")
        #expect(seen.owners == "1000:1000\n")
    }

    @Test("needs no option when it has ranges")
    func noOption() async throws {
        let ranges = [LinuxIDMapping(containerID: 1000, hostID: 0, size: 1001)]
        let seen = try await run(Self.look, options: ["rbind"], ranges: ranges)
        #expect(seen.text == "0:1000\n0:0\n")
        #expect(seen.owners == "1000:1000\n")
    }

    @Test("shows the host's owners to a user namespace as they are on the host")
    func container() async throws {
        let users = [LinuxIDMapping(containerID: 0, hostID: 100_000, size: 65_536)]
        let seen = try await run(Self.look, options: ["bind", "idmap"], users: users)
        #expect(seen.text == "1000:2000\n0:0\n")
        #expect(seen.owners == "0:0\n")
    }

    @Test("has an owner that cannot be mapped as nobody's")
    func unmapped() async throws {
        let ranges = [LinuxIDMapping(containerID: 5, hostID: 0, size: 1)]
        let seen = try await run("/bin/busybox stat -c %u:%g /data/file", options: ["bind", "idmap"], ranges: ranges)
        #expect(seen.text == "65534:65534\n")
    }

    @Test("is refused on a file system that cannot map, in words")
    func impossible() async throws {
        let bundle = try TestBundle(script: "true")
        let ranges = [LinuxIDMapping(containerID: 0, hostID: 1, size: 1)]
        bundle.configuration.mounts?.append(
            .init(
                destination: "/data",
                source: "/proc/sys",
                options: ["bind"],
                uidMappings: ranges,
                gidMappings: ranges
            )
        )
        let error = #expect(throws: RuntimeError.self) { try bundle.create() }
        #expect(
            error?.description.contains("does not support id-mapped mounts") == true,
            "\(String(describing: error))"
        )
    }
}
