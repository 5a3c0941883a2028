// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import CgroupKit
import SystemPackage
import Testing

@Suite("CgroupPath") struct CgroupPathTests {
    @Test(
        "takes absolute paths of plain names",
        arguments: ["/a", "/a/b", "/skiff/web.1", "/a:b/c d", "/a..b", "/..."]
    )
    func accepts(_ text: String) throws {
        let path = try CgroupPath(bytes: Array(text.utf8))
        #expect(path.description == text)
    }

    @Test("drops one slash at the end") func trailing() throws {
        #expect(try CgroupPath(bytes: Array("/a/".utf8)) == CgroupPath(bytes: Array("/a".utf8)))
        #expect(try CgroupPath(bytes: Array("/".utf8)) == .root)
    }

    @Test(
        "refuses what could leave the hierarchy or name nothing",
        .rows("crun-1.28", "N-01"),
        arguments: [
            "", "a", "a/b", "/..", "/../x", "/a/../../b", "/a/..", "/./a", "/a/.", "//", "//a", "/a//b", "/a//",
            "/a\n", "/a\u{0}b", "/\u{7f}",
        ]
    )
    func refuses(_ text: String) {
        let error = #expect(throws: CgroupError.self) { try CgroupPath(bytes: Array(text.utf8)) }
        #expect(error?.code == .invalidPath)
    }

    @Test("refuses names and paths beyond the kernel's limits") func lengths() throws {
        let name = [UInt8](repeating: 0x61, count: 255)
        _ = try CgroupPath(bytes: [0x2f] + name)
        #expect(throws: CgroupError.self) { try CgroupPath(bytes: [0x2f] + name + [0x61]) }
        let long = [[UInt8]](repeating: [0x2f] + name, count: 16).flatMap { $0 }
        #expect(throws: CgroupError.self) { try CgroupPath(bytes: long) }
    }

    @Test("appends names below a group, and only below") func appending() throws {
        let base = try CgroupPath(bytes: Array("/skiff".utf8))
        #expect(try base.appending(bytes: Array("a/b".utf8)).description == "/skiff/a/b")
        #expect(try CgroupPath.root.appending(bytes: Array("a".utf8)).description == "/a")
        for text in ["", "..", "/a", "a/../..", "."] {
            #expect(throws: CgroupError.self) { try base.appending(bytes: Array(text.utf8)) }
        }
    }
}
