// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Foundation
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

/// Debian's base system as images of several makers, made once for all tests of a run.
final class DebianImages: Sendable {
    /// The images, or why there are none.
    static let shared = Result { try DebianImages() }

    /// An archive, and the name that the image has in it.
    struct Archive: Sendable, CustomTestStringConvertible {
        let file: String
        let name: String
        var testDescription: String { file }
    }

    static let archives = [
        Archive(file: "gzip.oci.tar", name: "debian:gzip"), Archive(file: "zstd.oci.tar", name: "debian:zstd"),
        Archive(file: "docker.tar.gz", name: "debian:docker"), Archive(file: "docker.tar.zst", name: "debian:docker"),
        Archive(file: "umoci.oci.tar", name: "debian:umoci"),
    ]

    private let directory: TemporaryDirectory
    var path: String { directory.path.string }

    private init() throws {
        directory = try TemporaryDirectory()
        // A static value has no deinit.
        atexit { if case .success(let images) = DebianImages.shared { images.remove() } }
        try shell(
            """
            if [ -n "${SKIFF_TESTS_DEBIAN-}" ]; then cp -a "$SKIFF_TESTS_DEBIAN" root; else
                mirror=$(apt-get indextargets --format '$(SITE)' | head -n 1)
                debootstrap --variant=minbase bookworm root "${mirror:-http://deb.debian.org/debian}" > debootstrap.log
            fi
            """
        )
        try addOddities()
        try shell(Self.packing)
    }

    /// What Debian's base system has none of.
    private func addOddities() throws {
        try shell(
            """
            mkdir root/srv/odd; cd root/srv/odd; echo text > file; ln file hard; ln -s /etc/passwd soft
            ln -s missing dangling; mkfifo fifo; mknod zero c 1 5; mknod loop b 7 0; truncate -s 1M sparse
            mkdir sticky; chmod 1777 sticky; touch sticky/x; chown 1234:4321 file; chmod 6751 file; chown -h 5:6 soft
            mkdir shut; touch shut/in; chmod 0 shut; chown 7:8 shut; touch "$(printf 'caf\\351')" 'a b' ./-rf
            touch -d '2001-02-03 04:05:06.123456789' file sticky; touch -h -d '1999-01-01 00:00:00.5' soft
            touch -d '1960-01-01' old; touch -d '2200-01-01' new
            """
        )
        try ExtendedAttribute.set("user.comment", Array("hello".utf8), at: "\(path)/root/srv/odd/file")
        // cap_net_raw=ep
        let capability: [UInt8] = [1, 0, 0, 2, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        try ExtendedAttribute.set("security.capability", capability, at: "\(path)/root/srv/odd/a b")
    }

    private static let packing = """
        b="buildah --storage-driver vfs --root $PWD/buildah --runroot $PWD/buildah-run"
        tar -C root --xattrs --xattrs-include='*' --numeric-owner --format=posix -cf root.tar .
        n=$($b from scratch); $b add -q $n root.tar /; rm root.tar; $b config --cmd '["/bin/bash"]' $n
        $b commit -q --format oci $n "oci-archive:$PWD/buildah.oci.tar:debian:buildah"; $b rm $n > /dev/null
        rm -rf buildah
        s="skopeo copy -q"; from="oci-archive:buildah.oci.tar:debian:buildah"
        $s --dest-compress-format gzip --dest-compress-level 1 $from oci-archive:gzip.oci.tar:debian:gzip
        $s --dest-compress-format zstd --dest-compress-level 1 $from oci-archive:zstd.oci.tar:debian:zstd
        $s $from docker-archive:docker.tar:debian:docker; gzip -1 -k docker.tar; zstd -q -1 --rm docker.tar
        umoci init --layout umoci; umoci new --image umoci:debian
        umoci insert --image umoci:debian "$PWD/root" / > /dev/null
        $s oci:umoci:debian oci-archive:umoci.oci.tar:debian:umoci
        """

    /// Runs a script in the directory of the images.
    @discardableResult
    func shell(_ script: String) throws -> String {
        let result = try Command.run(["sh", "-euc", script], directory: path)
        guard result.status == 0 else { throw ScriptFailure(script: script, errors: result.errors) }
        return result.output
    }

    private func remove() { _ = try? Command.run(["rm", "-rf", path]) }
}

/// A script of a test that failed.
struct ScriptFailure: Error {
    let script: String
    let errors: String
}
