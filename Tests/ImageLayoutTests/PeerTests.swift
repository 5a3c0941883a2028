// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import ImageLayout
import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

/// Images that skopeo and umoci wrote, and what they say of ours.
@Suite(.serialized) struct PeerTests {
    private func run(_ arguments: String..., in directory: FilePath) throws -> String {
        let result = try Command.run(arguments, directory: "\(directory)")
        try #require(result.status == 0, "\(arguments.joined(separator: " ")): \(result.errors)")
        return result.output
    }

    /// Makes the layout `peer` with an image `v1` of two layers.
    private func makeImage(in directory: FilePath) throws {
        _ = try run("umoci", "init", "--layout", "peer", in: directory)
        _ = try run("umoci", "new", "--image", "peer:v1", in: directory)
        for text in ["one", "two"] {
            _ = try run("umoci", "unpack", "--rootless", "--image", "peer:v1", text, in: directory)
            _ = try run("sh", "-c", "echo \(text) > \(text)/rootfs/\(text)", in: directory)
            _ = try run("umoci", "repack", "--image", "peer:v1", text, in: directory)
        }
        _ = try run("umoci", "config", "--image", "peer:v1", "--config.cmd", "/hello", in: directory)
    }

    private func skopeo(_ arguments: String..., in directory: FilePath) throws -> String {
        let result = try Command.run(
            ["skopeo", "--insecure-policy", "--tmpdir", "\(directory)"] + arguments,
            directory: "\(directory)"
        )
        try #require(result.status == 0, "skopeo \(arguments.joined(separator: " ")): \(result.errors)")
        return result.output
    }

    @Test("Archives of skopeo are imported, and it reads what is exported", .requires(.skopeo, .umoci)) func archives()
        throws
    {
        let test = try TestLayout()
        let directory = test.directory.path
        try makeImage(in: directory)
        _ = try skopeo("copy", "oci:peer:v1", "oci-archive:a.tar:quay.io/peer/oci:v1", in: directory)
        _ = try skopeo("copy", "oci:peer:v1", "docker-archive:b.tar:quay.io/peer/docker:v1", in: directory)
        _ = try skopeo("copy", "oci:peer:v1", "oci-archive:c.tar", in: directory)
        _ = try run("tar", "-C", "peer", "-czf", "d.tar.gz", ".", in: directory)
        let layout = test.layout
        #expect(try layout.importArchive(at: directory.appending("a.tar")).map(\.names) == [["quay.io/peer/oci:v1"]])
        #expect(try layout.importArchive(at: directory.appending("b.tar")).map(\.names) == [["quay.io/peer/docker:v1"]])
        #expect(try layout.importArchive(at: directory.appending("c.tar")).map(\.names) == [[]])
        let names = try layout.importArchive(at: directory.appending("d.tar.gz"), as: Reference("tarred:v1")).map(
            \.names
        )
        #expect(names == [["v1", "docker.io/library/tarred:v1"]])
        let peer = try ImageLayoutDirectory(opening: directory.appending("peer"))
        let expected = try peer.resolve("v1")
        for name in ["peer/oci:v1", "peer/docker:v1", "tarred:v1"] {
            let image = try layout.resolve(name)
            #expect(image.configuration.config?.cmd == ["/hello"] && image.layers.count == 2)
            #expect(image.layers.map(\.diffID) == expected.layers.map(\.diffID))
        }
        #expect(try layout.check().isSound)
        for (format, transport) in [(ArchiveFormat.oci, "oci-archive"), (.docker, "docker-archive")] {
            let file = try OwnedFileDescriptor.open(
                directory.appending("out.tar"),
                CLINUX_O_WRONLY | CLINUX_O_CREAT | CLINUX_O_TRUNC,
                mode: 0o644
            )
            try layout.export(["peer/oci:v1"], as: format, to: file)
            _ = try skopeo("inspect", "\(transport):out.tar:quay.io/peer/oci:v1", in: directory)
            _ = try skopeo("copy", "\(transport):out.tar:quay.io/peer/oci:v1", "oci:back:\(transport)", in: directory)
            let back = try ImageLayoutDirectory(opening: directory.appending("back"))
            #expect(try back.resolve(transport).layers.map(\.diffID) == expected.layers.map(\.diffID))
            _ = try run(
                "umoci",
                "unpack",
                "--rootless",
                "--image",
                "back:\(transport)",
                "tree-\(transport)",
                in: directory
            )
            #expect(
                try run("cat", "tree-\(transport)/rootfs/one", "tree-\(transport)/rootfs/two", in: directory)
                    == "one\ntwo\n"
            )
        }
    }

    @Test("Our layout can be read and written by skopeo and umoci", .requires(.skopeo, .umoci)) func shared() throws {
        let test = try TestLayout()
        let directory = test.directory.path
        try makeImage(in: directory)
        let peer = try ImageLayoutDirectory(opening: directory.appending("peer"))
        try test.layout.importLayout(peer, as: Reference("shared:v1"))
        let full = "docker.io/library/shared:v1"
        _ = try skopeo("inspect", "oci:layout:\(full)", in: directory)
        _ = try skopeo("copy", "oci:layout:\(full)", "oci:layout:quay.io/copy:v2", in: directory)
        _ = try run("umoci", "tag", "--image", "layout:v1", "fresh", in: directory)
        let id = try test.layout.resolve(full).id
        #expect(try test.layout.resolve("quay.io/copy:v2").id == id)
        #expect(try test.layout.resolve("fresh").id == id)
        _ = try run("umoci", "gc", "--layout", "layout", in: directory)
        #expect(try test.layout.check().isSound)
        try test.layout.collectGarbage(grace: .zero)
        #expect(try run("umoci", "stat", "--image", "layout:fresh", in: directory).contains("LAYER"))
    }
}
