// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import SystemPackage
import Testing

@testable import OCIRuntime

@Suite("The place of the state") struct UserDirectoryTests {
    @Test(
        "is the system's for root, the user's own for others, as with runc",
        arguments: [
            (
                UserDirectory(uid: 0, isInUserNamespace: false, name: nil, runtimeDirectory: "/run/user/0"),
                "/run/skiff", false
            ),
            (
                UserDirectory(uid: 5, isInUserNamespace: false, name: "root", runtimeDirectory: "/run/user/5"),
                "/run/user/5/skiff", true
            ),
            (UserDirectory(uid: 5, isInUserNamespace: false, name: nil, runtimeDirectory: nil), "/tmp/skiff-5", false),
            (
                UserDirectory(uid: 5, isInUserNamespace: false, name: nil, runtimeDirectory: "run"), "/tmp/skiff-5",
                false
            ),
            (
                UserDirectory(uid: 0, isInUserNamespace: true, name: "root", runtimeDirectory: "/run/user/5"),
                "/run/skiff", false
            ),
            (
                UserDirectory(uid: 0, isInUserNamespace: true, name: "me", runtimeDirectory: "/run/user/5"),
                "/run/user/5/skiff", true
            ),
            (UserDirectory(uid: 0, isInUserNamespace: true, name: nil, runtimeDirectory: nil), "/run/skiff", false),
        ]
    )
    func place(_ directory: UserDirectory, _ expected: String, _ isTidied: Bool) {
        #expect(directory.stateRoot == FilePath(expected))
        #expect(directory.isTidied == isTidied)
    }

    @Test("knows the first user namespace by its map")
    func namespace() {
        #expect(!UserDirectory.isInUserNamespace(map: Array("         0          0 4294967295\n".utf8)))
        #expect(UserDirectory.isInUserNamespace(map: Array("         0       1000          1\n".utf8)))
        #expect(!UserDirectory.isInUserNamespace(map: []))
    }
}
