// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import SystemPackage
import TestSupport
import Testing

@Suite("A root of another kind, in skiff-oci", .requires(.root, .programs, .busybox)) struct OCIHostileRootTests {
    /// Ways to make something at `$name` that leads out or is no directory.
    private static let kinds = [
        "ln -s $canary $name", "ln -s ../canary $name", "ln -s $name $name", "mkfifo $name", ": >$name",
        "mknod $name c 1 3", "mknod $name b 7 200", "ln -s /proc/self/fd/0 $name", "ln -s $canary/fifo $name",
    ]

    /// The places where a runtime mounts, makes or opens something.
    private static let places = [
        "dev", "proc", "sys", "etc", "dev/pts", "dev/shm", "dev/mqueue", "dev/null", "dev/ptmx", "dev/fd", "mnt",
        "mnt/sub",
        "work",
    ]

    @Test(
        "leads nothing out, and ends in time, whatever stands where something is mounted or made",
        .rows(
            "R-02",
            "R-03",
            "R-04",
            "R-05",
            "R-06",
            "R-08",
            "R-09",
            "R-10",
            "CVE-2019-19921",
            "CVE-2019-18837",
            "CVE-2025-24965"
        ),
        arguments: places
    )
    func place(_ name: String) throws {
        for kind in Self.kinds {
            for hasOwnDevices in [false, true] {
                let parent = name.contains("/") ? "mkdir -p \(name.split(separator: "/")[0]);" : ""
                let hostile = try HostileBundle(script: "echo ran", "name=\(name); \(parent) \(kind)")
                hostile.bundle.configuration.root?.readonly = false
                hostile.bundle.configuration.process?.cwd = "/work"
                if !hasOwnDevices {
                    hostile.bundle.configuration.mounts?.removeAll { $0.destination.hasPrefix("/dev") }
                }
                hostile.bundle.configuration.mounts?.append(
                    .init(destination: "/mnt/sub", type: "tmpfs", source: "t")
                )
                hostile.bundle.configuration.mounts?.append(
                    .init(destination: "/etc/hosts", type: "bind", source: "config.json", options: ["bind", "ro"])
                )
                let result = try hostile.run()
                #expect(result.status != 124, "\(kind): hangs")
                if result.status != 0 {
                    #expect(result.errors.split(separator: "\n").count == 1, "\(kind): \(result.errors)")
                } else {
                    #expect(result.output == "ran\n", "\(kind): \(result.errors)")
                }
                #expect(try hostile.canaryIsUntouched(), "\(kind)")
                #expect(try hostile.bundle.remains() == "", "\(kind)")
            }
        }
    }

    @Test(
        "is refused when it is no directory",
        .rows("R-01"),
        arguments: ["mkfifo x", ": >x", "mknod x c 1 3", "ln -s x x", "ln -s nowhere x"]
    )
    func root(_ kind: String) throws {
        let hostile = try HostileBundle("cd ..; \(kind)")
        hostile.bundle.configuration.root?.path = "x"
        let result = try hostile.run()
        #expect(result.status == 1)
        #expect(result.errors.split(separator: "\n").count == 1)
        #expect(try hostile.canaryIsUntouched())
        #expect(try hostile.bundle.remains() == "")
    }

    @Test(
        "has a program that is none refused, in time",
        .rows("R-12"),
        arguments: [
            "mkfifo x", "mknod x c 1 3", "ln -s x x", "ln -s $canary/file x", ": >x", "mkdir x",
            "ln -s /proc/self/fd/0 x",
            "printf '#!/x\\n' >x; chmod 755 x",
        ]
    )
    func program(_ kind: String) throws {
        let hostile = try HostileBundle(kind)
        hostile.bundle.configuration.process?.args = ["/x"]
        let result = try hostile.run()
        #expect(result.status == 1, "\(result.errors)")
        #expect(try hostile.canaryIsUntouched())
        #expect(try hostile.bundle.remains() == "")
    }

    @Test("that is honest runs: /var/run as a link, dangling targets, absolute links")
    func honest() throws {
        let hostile = try HostileBundle(
            script: "echo x >/var/run/mine/f; cat /run/mine/f /etc/hosts | wc -l",
            "mkdir var usr; ln -s /run var/run; mkdir etc; ln -s /usr/hosts etc/hosts; ln -s busybox bin/wc"
        )
        hostile.bundle.configuration.root?.readonly = false
        try hostile.bundle.write("hosts", Array("127.0.0.1 localhost\n".utf8))
        hostile.bundle.configuration.mounts?.append(.init(destination: "/var/run/mine", type: "tmpfs", source: "t"))
        hostile.bundle.configuration.mounts?.append(
            .init(destination: "/etc/hosts", type: "bind", source: "hosts", options: ["bind"])
        )
        #expect(try hostile.run().output == "2\n")
    }
}
