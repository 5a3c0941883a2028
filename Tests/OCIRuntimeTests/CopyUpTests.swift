// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import LinuxSystem
import OCIRuntime
import OCISpec
import SystemPackage
import TestSupport
import Testing

/// `tmpcopyup`: what the image has where a tmpfs is mounted is in the tmpfs.
@Suite("A tmpfs that starts with what it hides", .requires(.root, .busybox)) struct CopyUpTests {
    /// Runs a script in a container whose root was prepared by another one.
    private func run(
        preparing: String,
        options: [String],
        at destination: String = "/data",
        _ script: String,
        edit: (inout RuntimeConfiguration) -> Void = { _ in }
    ) async throws -> Finished {
        let bundle = try TestBundle(script: script)
        let prepared = try Command.run(
            ["/bin/sh", "-ec", preparing],
            directory: bundle.directory.path.appending("rootfs").string
        )
        try #require(prepared.status == 0, "\(prepared.errors)")
        bundle.configuration.mounts?.append(
            .init(destination: destination, type: "tmpfs", source: "tmpfs", options: options)
        )
        edit(&bundle.configuration)
        return try await bundle.run()
    }

    private static let list =
        "list() { cd $1; busybox find . ! -name . -exec busybox stat -c '%n %F %a %u %g %h %Y %t %T' {} + | busybox sort; cd /; }; "

    @Test("has the same files for whoever looks, and is writable while the image's directory is not touched")
    func same() async throws {
        let result = try await run(
            preparing: """
                mkdir -p data/a/b other; echo text >data/a/file; ln data/a/file data/a/again; echo text >data/again; ln -s /nowhere data/link
                mkfifo data/fifo; mknod data/null c 1 3; chown -h 12:34 data/link data/a/file; chmod 6711 data/a/file
                touch -d 2001-02-03 data/a/file data/a; chmod 2770 data/a; cp -a data copy
                """,
            options: ["nosuid", "tmpcopyup", "size=1m"],
            Self.list + """
                export PATH=/bin; list /data >/other/one; list /copy >/other/two; busybox diff /other/one /other/two && busybox cat /data/again
                [ /data/a/file -ef /data/a/again ] && echo linked; echo new >/data/a/new; busybox stat -f -c %T /data; echo $(busybox cat /other/one | busybox wc -l)
                """
        )
        #expect(result.text == "text\nlinked\ntmpfs\n8\n")
        #expect(result.exit == .exited(0))
    }

    @Test(
        "has the permissions of the directory it hides, unless it is told others or there is none",
        arguments: [
            ("mkdir -m 2750 data", ["tmpcopyup"], "2750"), ("mkdir -m 1700 data", [], "1700"),
            ("mkdir -m 0700 data", ["tmpcopyup", "mode=711"], "711"), ("true", ["tmpcopyup"], "1777"),
            ("true", [], "1777"),
        ]
    )
    func mode(_ preparing: String, _ options: [String], _ mode: String) async throws {
        let result = try await run(preparing: preparing, options: options, "/bin/busybox stat -c %a /data")
        #expect(result.text == mode + "\n")
    }

    @Test("is filled before it becomes read-only")
    func readOnly() async throws {
        let result = try await run(
            preparing: "mkdir data; echo there >data/file",
            options: ["ro", "tmpcopyup"],
            "/bin/busybox cat /data/file; /bin/busybox touch /data/no 2>&1"
        )
        #expect(result.text.hasPrefix("there\n"))
        #expect(result.text.contains("Read-only file system"))
    }

    @Test("follows a symbolic link at its place inside the root, never outside", .rows("CVE-2015-1335"))
    func link() async throws {
        let result = try await run(
            preparing: "mkdir -p etc/in; echo inside >etc/in/file; ln -s /../../../../etc/in data",
            options: ["tmpcopyup"],
            "/bin/busybox cat /data/file; /bin/busybox find /data /etc ! -type l"
        )
        #expect(result.text == "inside\n/etc\n/etc/in\n/etc/in/file\n")
    }

    @Test("leads no link in it outside", .rows("CVE-2015-1335"))
    func linksInside() async throws {
        let canary = try TemporaryDirectory()
        try canary.open().makeFile("secret", Array("secret".utf8))
        let result = try await run(
            preparing: "mkdir data; ln -s \(canary.path) data/out; ln -s \(canary.path)/secret data/file",
            options: ["tmpcopyup"],
            "/bin/busybox find /data; /bin/busybox readlink /data/out; /bin/busybox readlink /data/file; /bin/busybox cat /data/file 2>&1"
        )
        #expect(result.text.hasPrefix("/data\n"))
        #expect(result.text.contains("\n\(canary.path)\n\(canary.path)/secret\n"))
        #expect(!result.text.contains("\nsecret"))
    }

    @Test("is filled with what an earlier mount put there")
    func earlierMount() async throws {
        let result = try await run(
            preparing: "mkdir -p data in; echo bound >in/file",
            options: ["tmpcopyup"],
            "/bin/busybox cat /data/file"
        ) {
            let bind = RuntimeConfiguration.Mount(
                destination: "/data",
                type: "bind",
                source: "rootfs/in",
                options: ["bind"]
            )
            $0.mounts?.insert(bind, at: 0)
        }
        #expect(result.text == "bound\n")
    }

    @Test("is filled in a user namespace by its root, with its owners")
    func userNamespace() async throws {
        let result = try await run(
            preparing: """
                mkdir data; echo x >data/file; chown -R 100000:100000 .; chown 100012:100034 data/file; chmod 600 data/file
                chmod 755 . ..
                """,
            options: ["tmpcopyup"],
            "/bin/busybox stat -c '%u %g %a' /data /data/file"
        ) {
            $0.linux?.namespaces?.append(LinuxNamespace(type: .user))
            $0.linux?.uidMappings = [LinuxIDMapping(containerID: 0, hostID: 100_000, size: 65_536)]
            $0.linux?.gidMappings = [LinuxIDMapping(containerID: 0, hostID: 100_000, size: 65_536)]
        }
        #expect(result.text == "0 0 755\n12 34 600\n")
    }

    @Test("fails by name when a device cannot be made")
    func device() async throws {
        let error = await #expect(throws: RuntimeError.self) {
            try await run(
                preparing: "mkdir data; mknod data/null c 1 3; chown -R 100000:100000 .; chmod 755 . ..",
                options: ["tmpcopyup"],
                "true"
            ) {
                $0.linux?.namespaces?.append(LinuxNamespace(type: .user))
                $0.linux?.uidMappings = [LinuxIDMapping(containerID: 0, hostID: 100_000, size: 65_536)]
                $0.linux?.gidMappings = [LinuxIDMapping(containerID: 0, hostID: 100_000, size: 65_536)]
            }
        }
        #expect(
            error?.description.contains("mount tmpfs at /data (source=tmpfs) with what is there: mknodat") == true,
            "\(error.debugDescription)"
        )
        #expect(error?.description.contains("CAP_MKNOD") == true)
    }

    @Test("fails by name when it is too small")
    func tooSmall() async throws {
        let error = await #expect(throws: RuntimeError.self) {
            try await run(
                preparing: "mkdir data; head -c 100000 /dev/zero >data/file",
                options: ["tmpcopyup", "size=16k"],
                "true"
            )
        }
        #expect(
            error?.description.contains("too small for a copy of what it hides") == true,
            "\(error.debugDescription)"
        )
    }
}
