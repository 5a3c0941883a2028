// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
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
            4294967297:x:7:8:a name of too many digits:/:/bin/sh
            big:x:4294967295:0::/:/bin/sh
            bare:x:50:60::/:
            """.utf8
        ),
        group: Array("root:x:0:\nweb:x:33:\nlog:x:90:bare,web\nmail:x:91:web\nbroken:x:many:web\n".utf8)
    )

    @Test(
        "is found by number where it is one, else by name, with the groups that have it as member unless one is given",
        .rows("CVE-2016-3697", "CVE-2023-25173"),
        arguments: [
            ("", 0, 0, [], "/root"), ("0", 0, 0, [], "/root"), ("web", 33, 33, [33, 90, 91], "/var/www"),
            ("33", 33, 33, [33, 90, 91], "/var/www"), ("42", 42, 0, [], "/"),
            ("web:mail", 33, 91, [91], "/var/www"),
            ("web:5", 33, 5, [5], "/var/www"), ("1000", 1000, 0, [], "/"), ("1000:1001", 1000, 1001, [1001], "/"),
            (":web", 0, 33, [33], "/root"), ("bare", 50, 60, [60, 90], "/"),
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
        .rows("CVE-2026-30892", "CVE-2024-40635"),
        arguments: [
            "nobody", "web:nogroup", "-1", "+5", "-0", "4294967295", "4294967296", "4294967297",
            "18446744073709551617", "0x1", "1 ", " 1", "1\n", "\u{661}", "1:4294967296", "1:-1", "1:+1", "big",
        ]
    )
    func refused(text: String) {
        let error = #expect(throws: ContainerStoreError.self) { try UserIdentity(text, groups: [], in: database) }
        #expect(error?.code == .invalidOptions)
    }

    @Test("gets further groups by name and number, each once")
    func furtherGroups() throws {
        let identity = try UserIdentity("web", groups: ["log", "7"], in: database)
        #expect(identity.additionalGroups == [33, 90, 91, 7])
        #expect(throws: ContainerStoreError.self) { try UserIdentity("web", groups: ["absent"], in: database) }
    }
}
