// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import SystemPackage
import Testing

@testable import NamespaceKit

@Suite("Maps of user namespaces") struct UserMapperTests {
    private func writer(_ uid: [IDMapping], _ gid: [IDMapping], isPrivileged: Bool = false) -> UserMapper.Writer {
        UserMapper.writer(of: .init(uid: uid, gid: gid), uid: 1000, gid: 100, isPrivileged: isPrivileged)
    }

    @Test("are written by the caller when they are its own, by programs when they are ranges")
    func writers() {
        let own = IDMapping(containerID: 0, hostID: 1000, count: 1)
        let group = IDMapping(containerID: 5, hostID: 100, count: 1)
        #expect(writer([own], [group]) == .itself)
        #expect(writer([own], [own]) == .programs)
        #expect(writer([IDMapping(containerID: 0, hostID: 1000, count: 2)], [group]) == .programs)
        #expect(writer([own, IDMapping(containerID: 1, hostID: 5000, count: 1)], [group]) == .programs)
        #expect(writer([own], [own], isPrivileged: true) == .privileged)
    }

    @Test("are told to newuidmap as the process and three numbers a range")
    func arguments() {
        let ranges = [
            IDMapping(containerID: 0, hostID: 1000, count: 1), IDMapping(containerID: 1, hostID: 5000, count: 9),
        ]
        #expect(
            MappingProgram.arguments("newuidmap", ranges, for: 77)
                == ["newuidmap", "77", "0", "1000", "1", "1", "5000", "9"]
        )
    }

    @Test("meet obstacles that are named with what to do about them")
    func obstacles() {
        func obstacle(_ values: [String: Int]) -> String? {
            UserNamespaceRules.read { values[$0.lastComponent?.string ?? ""] }.obstacle
        }
        #expect(obstacle([:]) == nil)
        #expect(obstacle(["unprivileged_userns_clone": 1, "max_user_namespaces": 5]) == nil)
        #expect(obstacle(["unprivileged_userns_clone": 0])?.contains("kernel.unprivileged_userns_clone to 1") == true)
        #expect(obstacle(["max_user_namespaces": 0])?.contains("user.max_user_namespaces") == true)
        #expect(obstacle(["apparmor_restrict_unprivileged_userns": 1])?.contains("AppArmor") == true)
    }
}
