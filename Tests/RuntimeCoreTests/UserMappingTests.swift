// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import NamespaceKit
import TestSupport
import Testing

@testable import RuntimeCore

@Suite("A user namespace of an image's container") struct UserMappingTests {
    @Test("maps the host's root for mounts, as an id that no image has") func caller() {
        let mapping = UserMapping(from: 100_000)
        #expect(mapping.withCaller.uid == mapping.uid + [IDMapping(containerID: 65_536, hostID: 0, count: 1)])
        let own = UserMapping(from: 0, count: 10)
        #expect(own.withCaller == own)
        let full = UserMapping(from: 1, count: .max)
        #expect(full.withCaller == full)
    }

    @Test("has a root") func root() throws {
        let mapping = UserMapping(
            uid: [IDMapping(containerID: 5, hostID: 9, count: 1), IDMapping(containerID: 0, hostID: 7, count: 2)],
            gid: [IDMapping(containerID: 0, hostID: 8, count: 1)]
        )
        let root = try mapping.root()
        #expect(root.uid == 7 && root.gid == 8)
        #expect(throws: ContainerStoreError.self) { _ = try UserMapping(uid: [], gid: []).root() }
    }

    @Test("has its files from a copy, too", .requires(.root, .overlay, .busybox)) func copies() async throws {
        let test = try TestStore()
        let store = try ContainerStore(at: test.store.path, roots: .copy)
        let script = "id -u; touch /made; stat -c %u /made /bin/busybox; cat /proc/self/uid_map"
        let result = try await Container.run("test", ["/bin/busybox", "sh", "-c", script], in: store) {
            $0.userMapping = UserMapping(from: 200_000, count: 1000)
        }
        let words = result.output.split { $0 == " " || $0 == "\n" }
        #expect(words == ["0", "0", "0", "0", "200000", "1000"], "\(result.errors)")
        #expect(try test.leftovers() == [])
    }
}
