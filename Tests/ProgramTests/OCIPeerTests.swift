// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import TestSupport
import Testing

/// Beside Debian's runc: what callers take apart has the same members.
@Suite("The outputs of skiff-oci", .requires(.root, .programs, .busybox), .enabled(if: Peer.runc != nil, "needs runc"))
struct OCIPeerTests {
    @Test("have every member of runc's state and list")
    func state() throws {
        let runc = try #require(Peer.runc)
        let bundle = try OCIBundle(script: "sleep 1000")
        bundle.configuration.linux?.resources = nil
        bundle.configuration.annotations = ["a": "b"]
        try bundle.save()
        try bundle.oci("create", bundle.id)
        let theirs = try bundle.shell(
            """
            runc='\(runc) --root '$PWD/theirs; trap '$runc delete --force $id-runc' EXIT
            $runc create $id-runc >&2 </dev/null && $runc state $id-runc
            """
        )
        let expected = try #require(try JSONValue(json: theirs.output).object)
        let ours = try bundle.stateDocument()
        for member in expected.members { #expect(ours[member.key] != nil, "\(member.key)") }
        for key in ["status", "bundle", "rootfs", "annotations"] { #expect(ours[key] == expected[key]) }
    }

    @Test("have every member of runc's features, but for those about runc")
    func features() throws {
        let runc = try #require(Peer.runc)
        let theirs = try #require(try JSONValue(json: Command.run([runc, "features"]).output).object)
        let ours = try #require(try JSONValue(json: Program.oci.run(["features"]).output).object)
        for member in theirs.members { #expect(ours[member.key] != nil, "\(member.key)") }
        let (their, our) = (try #require(theirs["linux"]?.object), try #require(ours["linux"]?.object))
        for member in their.members { #expect(our[member.key] != nil, "linux.\(member.key)") }
    }
}

/// Where Debian keeps the peer.
enum Peer {
    static let runc = ["/usr/sbin/runc", "/usr/bin/runc"].first { (try? Command.run([$0, "--version"]).status) == 0 }
}
