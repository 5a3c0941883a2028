// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CgroupKit
import OCISpec
import TestSupport
import Testing

@testable import OCIRuntime

@Suite("Watching a container") struct ContainerEventsTests {
    @Test("tells of memory that ran out, and ends with the container", .requires(.root, .busybox))
    func outOfMemory() async throws {
        let bundle = try TestBundle(
            script: "/bin/busybox head -c 64m /dev/zero | /bin/busybox tail > /dev/null; exit 0"
        )
        bundle.configuration.linux?.resources = LinuxResources(memory: LinuxMemory(limit: 16 << 20))
        let created = try bundle.create()
        defer { try? created.container.delete(force: true) }
        let events = try created.container.events()
        try created.container.start()
        var seen: [CgroupEvent] = []
        for await event in events { seen.append(event) }
        #expect(seen.contains { if case .outOfMemory = $0 { true } else { false } })
        _ = try await created.container.wait()
        #expect(throws: RuntimeError.self) { try created.container.events() }
    }

    @Test("shows the interfaces of its own network", .requires(.root, .busybox))
    func network() throws {
        let bundle = try TestBundle(script: "sleep 3600")
        let created = try bundle.create()
        defer { try? created.container.delete(force: true) }
        #expect(try created.container.networkStatistics().map(\.name).contains("lo"))
    }

    @Test("reads the kernel's table of interfaces")
    func table() {
        let text = """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                lo:   10       2    3    4    0     0          0         0       50       6    7    8    0     0       0          0
              a:b0: 18446744073709551615 1 1 1 0 0 0 0 1 1 1 1 0 0 0 0

            """
        let all = NetworkStatistics.parse(Array(text.utf8))
        #expect(all.map(\.name) == ["lo", "a:b0"])
        #expect(all.first?.received == .init(bytes: 10, packets: 2, errors: 3, dropped: 4))
        #expect(all.first?.sent == .init(bytes: 50, packets: 6, errors: 7, dropped: 8))
    }
}
