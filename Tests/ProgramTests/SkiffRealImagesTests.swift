// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import Testing

@Suite(
    "skiff with images of Debian",
    .serialized,
    .requires(.root, .overlay, .programs, .tar, .debootstrap, .buildah, .umoci, .skopeo)
)
struct SkiffRealImagesTests {
    @Test("loads and runs what buildah, umoci and skopeo make", arguments: DebianImages.archives)
    func run(archive: DebianImages.Archive) throws {
        let images = try DebianImages.shared.get()
        let skiff = [Program.skiff.path, "--root", "\(images.path)/store-\(archive.file)"]
        func expect(_ arguments: String...) throws -> String {
            let result = try Command.run(skiff + arguments)
            #expect(result.status == 0, "\(arguments): \(result.errors)")
            return result.output
        }
        #expect(try expect("load", "-i", "\(images.path)/\(archive.file)") == "Loaded image: \(archive.name)\n")
        #expect(try expect("run", "--rm", archive.name, "apt-get", "--version").hasPrefix("apt 2."))
        let limited = try expect(
            "run",
            "--rm",
            "-m",
            "64m",
            "--pids-limit",
            "32",
            archive.name,
            "sh",
            "-c",
            "dpkg -s base-files | grep Status; dpkg --verify coreutils; stat -c '%a %u:%g' /srv/odd/file"
        )
        #expect(limited == "Status: install ok installed\n6751 1234:4321\n")
        #expect(try expect("ps", "-aq") == "")
        _ = try Command.run(["rm", "-rf", "\(images.path)/store-\(archive.file)"])
    }

    @Test(
        "unpacks layers as umoci and GNU tar do, in every type, mode, owner, time, attribute and link",
        arguments: ["buildah", "umoci"]
    )
    func unpack(maker: String) throws {
        let images = try DebianImages.shared.get()
        try images.shell(
            """
            rm -rf layout peer gnu ours unpacked; mkdir layout gnu
            "\(Program.skiff.path)" --root "$PWD/unpacked" load -q -i \(maker).oci.tar
            "\(Program.skiff.path)" --root "$PWD/unpacked" unpack --flat debian:\(maker) ours
            skopeo copy -q oci-archive:\(maker).oci.tar:debian:\(maker) oci:layout:x
            umoci unpack --image layout:x peer > /dev/null
            layer=$(ls -S layout/blobs/sha256/* | head -n 1)
            tar -C gnu -xpf "$layer" --same-owner --numeric-owner --xattrs --xattrs-include='*'
            """
        )
        var ours = try TreeWalk.lines("\(images.path)/ours")
        // The layer need not have an entry for the top.
        ours["."] = nil
        #expect(ours.count > 5000)
        for (peer, tree) in [("umoci", "peer/rootfs"), ("tar", "gnu")] {
            var theirs = try TreeWalk.lines("\(images.path)/\(tree)")
            theirs["."] = nil
            let differences = Set(ours.keys).union(theirs.keys).filter { ours[$0] != theirs[$0] }.sorted().prefix(20)
            let told = differences.map { "\($0): \(ours[$0] ?? "-"), \(peer) has \(theirs[$0] ?? "-")" }
            #expect(told == [])
            // The contents are compared by a program that is quick at it; it cannot compare nodes.
            let contents = try images.shell(
                "diff -rq --no-dereference ours \(tree) | grep -vE 'special file|is a fifo' || true"
            )
            #expect(contents == "")
        }
    }
}
