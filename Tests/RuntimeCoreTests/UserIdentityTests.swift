// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Testing

@testable import RuntimeCore

@Suite("A user of an image") struct UserIdentityTests {
    private let database = UserDatabase(
        passwd: Array(
            """
            root:x:0:0:root:/root:/bin/sh
            a malformed line
            web:x:33:33:web:/var/www:/bin/false
            42:x:7:8:a name of digits:/home/digits:/bin/sh
            big:x:4294967295:0::/:/bin/sh
            bare:x:50:60::/:
            """.utf8
        ),
        group: Array("root:x:0:\nweb:x:33:\nlog:x:90:bare,web\nmail:x:91:web\nbroken:x:many:web\n".utf8)
    )

    @Test(
        "is found by name before number, with the groups that have it as member unless a group is given",
        arguments: [
            ("", 0, 0, [], "/root"), ("0", 0, 0, [], "/root"), ("web", 33, 33, [90, 91], "/var/www"),
            ("33", 33, 33, [90, 91], "/var/www"), ("42", 7, 8, [], "/home/digits"),
            ("web:mail", 33, 91, [], "/var/www"),
            ("web:5", 33, 5, [], "/var/www"), ("1000", 1000, 0, [], "/"), ("1000:1001", 1000, 1001, [], "/"),
            (":web", 0, 33, [], "/root"), ("bare", 50, 60, [90], "/"),
        ] as [(String, UInt32, UInt32, [UInt32], String)]
    )
    func found(text: String, uid: UInt32, gid: UInt32, groups: [UInt32], home: String) throws {
        let identity = try UserIdentity(text, groups: [], in: database)
        #expect(identity.uid == uid)
        #expect(identity.gid == gid)
        #expect(identity.additionalGroups == groups)
        #expect(identity.home == Array(home.utf8))
    }

    @Test(
        "is refused when it is neither a name that is there nor a number in range",
        arguments: ["nobody", "web:nogroup", "-1", "+5", "4294967295", "4294967296", "1 ", "web:", "big"].filter {
            $0 != "web:"
        }
    )
    func refused(text: String) {
        let error = #expect(throws: ContainerStoreError.self) { try UserIdentity(text, groups: [], in: database) }
        #expect(error?.code == .invalidOptions)
    }

    @Test("gets further groups by name and number, each once")
    func furtherGroups() throws {
        let identity = try UserIdentity("web", groups: ["log", "7"], in: database)
        #expect(identity.additionalGroups == [90, 91, 7])
        #expect(throws: ContainerStoreError.self) { try UserIdentity("web", groups: ["absent"], in: database) }
    }
}
